-- The columns of GLPI 10 that the views read, with GLPI's names and types.
create table glpi_tickets (
  id int unsigned not null auto_increment primary key, name varchar(255), content longtext,
  date timestamp null, closedate timestamp null, solvedate timestamp null, date_mod timestamp null,
  status int not null default 1, requesttypes_id int unsigned not null default 0, priority int not null default 1,
  itilcategories_id int unsigned not null default 0, type int not null default 1, time_to_resolve timestamp null,
  actiontime int not null default 0, is_deleted tinyint not null default 0, locations_id int unsigned not null default 0
);
create table glpi_itilfollowups (
  id int unsigned not null auto_increment primary key, itemtype varchar(100) not null, items_id int unsigned not null,
  date timestamp null, users_id int unsigned not null default 0, content longtext, is_private tinyint not null default 0,
  key item (itemtype, items_id)
);
create table glpi_itilsolutions (
  id int unsigned not null auto_increment primary key, itemtype varchar(100) not null, items_id int unsigned not null,
  content longtext, date_creation timestamp null, users_id int unsigned not null default 0, key item (itemtype, items_id)
);
create table glpi_tickets_users (
  id int unsigned not null auto_increment primary key, tickets_id int unsigned not null, users_id int unsigned not null,
  type int not null default 1, alternative_email varchar(255), key tickets_id (tickets_id)
);
create table glpi_groups_tickets (
  id int unsigned not null auto_increment primary key, tickets_id int unsigned not null, groups_id int unsigned not null,
  type int not null default 1, key tickets_id (tickets_id)
);
create table glpi_groups (id int unsigned not null primary key, completename text);
create table glpi_itilcategories (id int unsigned not null primary key, completename text);
create table glpi_locations (id int unsigned not null primary key, completename text);
create table glpi_requesttypes (id int unsigned not null primary key, name varchar(255));
create table glpi_logs (
  id int unsigned not null auto_increment primary key, itemtype varchar(100) not null, items_id int unsigned not null,
  user_name varchar(255), date_mod timestamp null, id_search_option int not null default 0,
  old_value varchar(255), new_value varchar(255), key item (itemtype, items_id)
);
create table glpi_ticketsatisfactions (
  id int unsigned not null auto_increment primary key, tickets_id int unsigned not null unique, type int not null default 1,
  date_begin timestamp null, date_answered timestamp null, satisfaction int, comment text
);
