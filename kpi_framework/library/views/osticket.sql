-- Views for kpi over osTicket 1.14 or newer on MariaDB (10.5 or newer) or MySQL 8; tables begin with `ost_`.
--
-- Run once in osTicket's database, by somebody who may create views:   mariadb osticket < osticket.sql
-- Then give kpi a reader that sees these views and nothing else:
--
--   create user kpi@'%' identified by '…';
--   grant select on osticket.kpi_tickets to kpi@'%';
--   grant select on osticket.kpi_ticket_events to kpi@'%';
--
-- Names, addresses and texts of people are in none of them: `requester` and `agent` are numbers of users.
-- Columns are those of kpi's contracts. osTicket keeps `datetime`s in the database server's zone and does not say which:
-- write that zone as the source's `timezone:`. It has no surveys.

create or replace sql security definer view kpi_tickets as
select
    t.number as ticket_id,
    t.created as created_at,
    coalesce(t.lastupdate, t.updated) as updated_at,
    (select min(e.created) from ost_thread h join ost_thread_entry e on e.thread_id = h.id
     where h.object_type = 'T' and h.object_id = t.ticket_id and e.type = 'R' and e.staff_id > 0) as first_response_at,
    -- osTicket keeps one end of a ticket: closing it is resolving it.
    case when s.state <> 'open' then t.closed end as resolved_at,
    case when s.state <> 'open' then t.closed end as closed_at,
    coalesce(t.duedate, t.est_duedate) as due_at,
    case when s.state = 'open' then 'open' when s.state = 'deleted' then 'cancelled'
         when s.name = 'Resolved' then 'resolved' else 'closed' end as status,
    (select case p.priority when 'emergency' then 'critical' when 'high' then 'high'
                            when 'normal' then 'medium' when 'low' then 'low' end
     from ost_ticket__cdata d join ost_ticket_priority p on p.priority_id = d.priority
     where d.ticket_id = t.ticket_id) as priority,
    (select p.topic from ost_help_topic p where p.topic_id = t.topic_id) as category,
    lower(t.source) as channel,
    coalesce((select g.name from ost_team g where g.team_id = t.team_id),
             (select d.name from ost_department d where d.id = t.dept_id)) as team,
    nullif(t.staff_id, 0) as agent,
    nullif(t.user_id, 0) as requester,
    case when s.state <> 'open' and coalesce(t.duedate, t.est_duedate) is not null
         then t.closed <= coalesce(t.duedate, t.est_duedate) end as sla_met,
    (select count(*) from ost_thread h join ost_thread_event v on v.thread_id = h.id join ost_event k on k.id = v.event_id
     where h.object_type = 'T' and h.object_id = t.ticket_id and k.name = 'reopened' and v.annulled = 0) as reopen_count,
    (select count(*) from ost_thread h join ost_thread_entry e on e.thread_id = h.id
     where h.object_type = 'T' and h.object_id = t.ticket_id and e.type = 'R' and e.staff_id > 0) as reply_count,
    -- A child of a merge lives on in its parent; a linked ticket (flag 8) is one of its own.
    (t.ticket_pid is not null and t.flags & 8 = 0) as merged
from ost_ticket t join ost_ticket_status s on s.id = t.status_id;

-- A history for clocks and service levels. The opening text is its first comment.
create or replace sql security definer view kpi_ticket_events as
select t.number as ticket_id, t.created as at, 0 as sequence, 'status' as field, 'open' as value,
       'requester' as `by`, null as `public`
from ost_ticket t
union all
select t.number, e.created, e.id, 'comment', null,
       case when e.type = 'M' then 'requester' when e.staff_id > 0 then 'agent' else 'automation' end,
       e.type <> 'N'
from ost_ticket t
join ost_thread h on h.object_type = 'T' and h.object_id = t.ticket_id
join ost_thread_entry e on e.thread_id = h.id
union all
select t.number, v.timestamp, 2000000000 + v.id, 'status', case k.name when 'closed' then 'closed' else 'open' end,
       case when v.uid_type = 'S' and v.uid > 0 then 'agent' when v.uid_type = 'U' then 'requester' else 'automation' end,
       null
from ost_ticket t
join ost_thread h on h.object_type = 'T' and h.object_id = t.ticket_id
join ost_thread_event v on v.thread_id = h.id
join ost_event k on k.id = v.event_id
where k.name in ('closed', 'reopened') and v.annulled = 0;
