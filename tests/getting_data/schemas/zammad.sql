-- The columns of Zammad that the views read, with Zammad's names and types (Rails writes UTC into `timestamp`).
create table ticket_state_types (id serial primary key, name varchar(250) not null);
create table ticket_states (id serial primary key, state_type_id bigint not null, name varchar(250) not null);
create table ticket_priorities (id serial primary key, name varchar(250) not null);
create table groups (id serial primary key, name varchar(160) not null);
create table organizations (id serial primary key, name varchar(100) not null);
create table ticket_article_types (id serial primary key, name varchar(250) not null);
create table ticket_article_senders (id serial primary key, name varchar(250) not null);
create table tickets (
  id serial primary key, group_id bigint not null, priority_id bigint not null, state_id bigint not null,
  organization_id bigint, number varchar(60) not null, title varchar(250) not null, owner_id integer not null,
  customer_id integer not null, first_response_at timestamp(3), first_response_escalation_at timestamp(3),
  first_response_in_min integer, first_response_diff_in_min integer, close_at timestamp(3),
  close_escalation_at timestamp(3), close_in_min integer, close_diff_in_min integer, last_close_at timestamp(3),
  create_article_type_id integer, time_unit numeric(6, 2), created_at timestamp(3) not null, updated_at timestamp(3) not null
);
create table ticket_articles (
  id serial primary key, ticket_id bigint not null, type_id bigint not null, sender_id bigint not null,
  "from" varchar(3000), body text not null, internal boolean not null default false, created_at timestamp(3) not null
);
create table history_types (id serial primary key, name varchar(250) not null);
create table history_objects (id serial primary key, name varchar(250) not null);
create table history_attributes (id serial primary key, name varchar(250) not null);
create table histories (
  id serial primary key, history_type_id integer not null, history_object_id integer not null,
  history_attribute_id integer, o_id integer not null, value_from varchar(500), value_to varchar(500),
  created_at timestamp(3) not null
);
create index on histories (o_id);
create index on ticket_articles (ticket_id);
