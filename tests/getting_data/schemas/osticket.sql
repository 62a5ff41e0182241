-- The columns of osTicket 1.14 and newer that the views read, with osTicket's names and types.
create table ost_ticket (
  ticket_id int unsigned not null auto_increment primary key, ticket_pid int unsigned, number varchar(20),
  user_id int unsigned not null default 0, status_id int unsigned not null default 0, dept_id int unsigned not null default 0,
  topic_id int unsigned not null default 0, staff_id int unsigned not null default 0, team_id int unsigned not null default 0,
  flags int unsigned not null default 0, source enum('Web','Email','Phone','API','Other') not null default 'Other',
  isoverdue tinyint unsigned not null default 0, duedate datetime, est_duedate datetime, closed datetime,
  lastupdate datetime, created datetime not null, updated datetime not null
);
create table ost_ticket_status (id int not null primary key, name varchar(60) not null, state varchar(16));
create table ost_ticket_priority (priority_id tinyint not null primary key, priority varchar(60) not null);
create table ost_ticket__cdata (ticket_id int unsigned not null primary key, subject mediumtext, priority mediumtext);
create table ost_help_topic (topic_id int unsigned not null primary key, topic varchar(128) not null);
create table ost_team (team_id int unsigned not null primary key, name varchar(125) not null);
create table ost_department (id int unsigned not null primary key, name varchar(128) not null);
create table ost_thread (
  id int unsigned not null auto_increment primary key, object_id int unsigned not null, object_type char(1) not null,
  key object_id (object_id)
);
create table ost_thread_entry (
  id int unsigned not null auto_increment primary key, thread_id int unsigned not null default 0,
  staff_id int unsigned not null default 0, user_id int unsigned not null default 0, type char(1) not null default '',
  poster varchar(128) not null default '', body text not null, created datetime not null, key thread_id (thread_id)
);
create table ost_event (id int unsigned not null primary key, name varchar(60) not null);
create table ost_thread_event (
  id int unsigned not null auto_increment primary key, thread_id int unsigned not null default 0,
  event_id int unsigned, staff_id int unsigned not null default 0, username varchar(128) not null default 'SYSTEM',
  uid int unsigned, uid_type char(1) not null default 'S', annulled tinyint unsigned not null default 0,
  timestamp datetime not null, key thread_id (thread_id)
);
