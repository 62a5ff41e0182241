-- Views for kpi over GLPI 10 and 11 on MariaDB (10.5 or newer) or MySQL 8.
--
-- Run once in GLPI's database, by somebody who may create views:   mariadb glpi < glpi.sql
-- Then give kpi a reader that sees these views and nothing else:
--
--   create user kpi@'%' identified by '…';
--   grant select on glpi.kpi_tickets to kpi@'%';
--   grant select on glpi.kpi_ticket_events to kpi@'%';
--   grant select on glpi.kpi_surveys to kpi@'%';
--
-- Names, addresses and texts of people are in none of them: `requester` and `agent` are numbers of users.
-- Columns are those of kpi's contracts. Times are GLPI's `timestamp`s: kpi pull asks for them in UTC.

create or replace sql security definer view kpi_tickets as
select
    t.id as ticket_id,
    t.date as created_at,
    t.date_mod as updated_at,
    -- Public follow-ups and solutions by anybody but the person who asked. Taking over is no reply, nor is a task.
    (
        select min(r.at) from (
            select f.items_id, f.date as at, f.users_id from glpi_itilfollowups f
            where f.itemtype = 'Ticket' and f.is_private = 0
            union all
            select s.items_id, s.date_creation, s.users_id from glpi_itilsolutions s where s.itemtype = 'Ticket'
        ) r
        where r.items_id = t.id and r.users_id > 0
          and not exists (select 1 from glpi_tickets_users u
                          where u.tickets_id = t.id and u.type = 1 and u.users_id = r.users_id)
    ) as first_response_at,
    case when t.status in (5, 6) then coalesce(t.solvedate, t.closedate) end as resolved_at,
    case when t.status = 6 then t.closedate end as closed_at,
    t.time_to_resolve as due_at,
    case t.status when 1 then 'new' when 2 then 'open' when 3 then 'open' when 4 then 'pending'
                  when 5 then 'resolved' when 6 then 'closed' end as status,
    case t.priority when 1 then 'low' when 2 then 'low' when 3 then 'medium' when 4 then 'high'
                    when 5 then 'critical' when 6 then 'critical' end as priority,
    case t.type when 1 then 'incident' when 2 then 'request' end as type,
    (select c.completename from glpi_itilcategories c where c.id = t.itilcategories_id) as category,
    (select r.name from glpi_requesttypes r where r.id = t.requesttypes_id) as channel,
    (select l.completename from glpi_locations l where l.id = t.locations_id) as location,
    (select g.completename from glpi_groups_tickets a join glpi_groups g on g.id = a.groups_id
     where a.tickets_id = t.id and a.type = 2 order by a.id desc limit 1) as team,
    (select u.users_id from glpi_tickets_users u
     where u.tickets_id = t.id and u.type = 2 order by u.id desc limit 1) as agent,
    (select u.users_id from glpi_tickets_users u
     where u.tickets_id = t.id and u.type = 1 order by u.id limit 1) as requester,
    case when t.status in (5, 6) and t.time_to_resolve is not null
         then coalesce(t.solvedate, t.closedate) <= t.time_to_resolve end as sla_met,
    (select count(*) from glpi_logs h
     where h.itemtype = 'Ticket' and h.items_id = t.id and h.id_search_option = 12
       and h.old_value in ('5', '6') and h.new_value in ('1', '2', '3', '4')) as reopen_count,
    (select count(*) from glpi_itilfollowups f
     where f.itemtype = 'Ticket' and f.items_id = t.id and f.is_private = 0 and f.users_id > 0
       and not exists (select 1 from glpi_tickets_users u
                       where u.tickets_id = t.id and u.type = 1 and u.users_id = f.users_id)) as reply_count,
    t.actiontime / 60 as handle_minutes,
    -- A ticket that was merged into another goes to the trash, like a deleted one: neither counts.
    t.is_deleted = 1 as merged,
    (select s.satisfaction from glpi_ticketsatisfactions s
     where s.tickets_id = t.id and s.date_answered is not null) as satisfaction_score,
    (select 5 from glpi_ticketsatisfactions s
     where s.tickets_id = t.id and s.satisfaction is not null and s.date_answered is not null) as satisfaction_max,
    (select s.date_answered from glpi_ticketsatisfactions s where s.tickets_id = t.id) as satisfaction_at
from glpi_tickets t;

-- A history for clocks and service levels: `opening: none`, since the opening text is no follow-up.
create or replace sql security definer view kpi_ticket_events as
select t.id as ticket_id, t.date as at, 0 as sequence, 'status' as field,
       case coalesce((select h.old_value from glpi_logs h
                      where h.itemtype = 'Ticket' and h.items_id = t.id and h.id_search_option = 12
                      order by h.id limit 1), t.status)
            when '1' then 'new' when '2' then 'open' when '3' then 'open' when '4' then 'pending'
            when '5' then 'resolved' when '6' then 'closed' end as value,
       null as `by`, null as `public`
from glpi_tickets t
union all
select f.items_id, f.date, f.id, 'comment', null,
       case when f.users_id = 0
              or exists (select 1 from glpi_tickets_users u
                         where u.tickets_id = f.items_id and u.type = 1 and u.users_id = f.users_id)
            then 'requester' else 'agent' end,
       f.is_private = 0
from glpi_itilfollowups f where f.itemtype = 'Ticket'
union all
select s.items_id, s.date_creation, 2000000000 + s.id, 'comment', null,
       case when exists (select 1 from glpi_tickets_users u
                         where u.tickets_id = s.items_id and u.type = 1 and u.users_id = s.users_id)
            then 'requester' when s.users_id = 0 then 'automation' else 'agent' end,
       true
from glpi_itilsolutions s where s.itemtype = 'Ticket'
union all
select h.items_id, h.date_mod, 4000000000 + h.id, 'status',
       case h.new_value when '1' then 'new' when '2' then 'open' when '3' then 'open' when '4' then 'pending'
                        when '5' then 'resolved' when '6' then 'closed' end,
       null, null
from glpi_logs h where h.itemtype = 'Ticket' and h.id_search_option = 12;

create or replace sql security definer view kpi_surveys as
select s.id as answer_id, s.date_answered as answered_at, s.date_begin as asked_at, s.tickets_id as ticket_id,
       s.satisfaction as score, case when s.satisfaction is not null then 5 end as max_score, 'csat' as question,
       t.category, t.channel, t.priority, t.team
from glpi_ticketsatisfactions s join kpi_tickets t on t.ticket_id = s.tickets_id;
