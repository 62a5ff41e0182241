-- Views for kpi over Zammad 5, 6 and 7 on PostgreSQL, in a schema of their own.
--
-- Run once in Zammad's database, by its owner:   psql zammad < zammad.sql
-- Then give kpi a reader that sees these views and nothing else:
--
--   create role kpi login password '…';
--   grant usage on schema kpi to kpi;
--   grant select on all tables in schema kpi to kpi;
--
-- Names, addresses and texts of people are in none of them: `requester` and `agent` are numbers of users.
-- Columns are those of kpi's contracts. Zammad keeps times in UTC without saying so; here they are `timestamptz`.
-- It has no surveys.

create schema if not exists kpi;

create or replace view kpi.tickets as
select
    t.number as ticket_id,
    t.created_at at time zone 'UTC' as created_at,
    t.updated_at at time zone 'UTC' as updated_at,
    t.first_response_at at time zone 'UTC' as first_response_at,
    -- Zammad keeps one end of a ticket: closing it is resolving it.
    case when k.name = 'closed' then coalesce(t.last_close_at, t.close_at) at time zone 'UTC' end as resolved_at,
    case when k.name = 'closed' then coalesce(t.last_close_at, t.close_at) at time zone 'UTC' end as closed_at,
    t.close_escalation_at at time zone 'UTC' as due_at,
    case k.name when 'new' then 'new' when 'open' then 'open' when 'pending reminder' then 'pending'
                when 'pending action' then 'pending' when 'closed' then 'closed' when 'merged' then 'closed'
                when 'removed' then 'cancelled' end as status,
    case p.name when '1 low' then 'low' when '2 normal' then 'medium' when '3 high' then 'high' end as priority,
    c.name as channel,
    g.name as team,
    o.name as customer_group,
    nullif(t.owner_id, 1) as agent,
    t.customer_id as requester,
    -- What is left of the goal in business minutes: negative when it is late.
    case when t.close_diff_in_min < 0 then false
         when t.close_diff_in_min >= 0 and k.name = 'closed' then true end as sla_met,
    case when t.first_response_diff_in_min < 0 then false
         when t.first_response_diff_in_min >= 0 and t.first_response_at is not null then true
    end as first_response_sla_met,
    t.first_response_in_min::double precision as first_reply_business_minutes,
    t.close_in_min::double precision as resolution_business_minutes,
    (select count(*)
     from histories h
     join history_objects b on b.id = h.history_object_id and b.name = 'Ticket'
     join history_attributes a on a.id = h.history_attribute_id and a.name = 'state'
     join ticket_states f on f.name = h.value_from
     join ticket_state_types ft on ft.id = f.state_type_id and ft.name = 'closed'
     join ticket_states n on n.name = h.value_to
     join ticket_state_types nt on nt.id = n.state_type_id and nt.name not in ('closed', 'merged', 'removed')
     where h.o_id = t.id) as reopen_count,
    t.time_unit::double precision as handle_minutes,
    k.name = 'merged' as merged
from tickets t
join ticket_states s on s.id = t.state_id
join ticket_state_types k on k.id = s.state_type_id
join ticket_priorities p on p.id = t.priority_id
join groups g on g.id = t.group_id
left join organizations o on o.id = t.organization_id
left join ticket_article_types c on c.id = t.create_article_type_id;

-- A history for clocks and service levels. The opening text is its first comment.
create or replace view kpi.ticket_events as
with words as (
    select s.name, case k.name when 'new' then 'new' when 'open' then 'open' when 'pending reminder' then 'pending'
                               when 'pending action' then 'pending' when 'removed' then 'cancelled' else 'closed'
                   end as word
    from ticket_states s join ticket_state_types k on k.id = s.state_type_id
), changes as (
    select h.* from histories h
    join history_objects b on b.id = h.history_object_id and b.name = 'Ticket'
    join history_attributes a on a.id = h.history_attribute_id and a.name = 'state'
    join history_types y on y.id = h.history_type_id and y.name = 'updated'
)
select t.number as ticket_id, t.created_at at time zone 'UTC' as at, 0::bigint as sequence, 'status' as field,
       (select w.word from words w
        where w.name = coalesce((select h.value_from from changes h where h.o_id = t.id order by h.id limit 1), s.name)
       ) as value,
       null::text as "by", null::boolean as public
from tickets t join ticket_states s on s.id = t.state_id
union all
select t.number, a.created_at at time zone 'UTC', a.id::bigint, 'comment', null,
       case d.name when 'Agent' then 'agent' when 'Customer' then 'requester' else 'automation' end,
       not a.internal
from tickets t join ticket_articles a on a.ticket_id = t.id join ticket_article_senders d on d.id = a.sender_id
union all
select t.number, h.created_at at time zone 'UTC', 2000000000 + h.id::bigint, 'status', w.word, null, null
from tickets t join changes h on h.o_id = t.id left join words w on w.name = h.value_to;
