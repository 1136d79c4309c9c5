create type vehicle_kind as enum ('van', 'truck', 'cargo bike');
create domain positive as integer check (value > 0);
create table depots (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  opens_at time not null default '08:00',
  closes_at time not null default '18:00',
  head_id uuid not null,
  latitude double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180),
  check (opens_at < closes_at)
);
create table drivers (
  id uuid primary key default gen_random_uuid(),
  depot_id uuid not null references depots (id),
  username varchar(30) not null unique,
  password varchar(200) not null,
  is_admin boolean not null default false,
  licence varchar(20) not null,
  born date not null
);
alter table depots add constraint depots_head foreign key (head_id) references drivers (id);
create table vehicles (
  plate varchar(12) primary key,
  kind vehicle_kind not null default 'van',
  payload positive not null,
  depot_id uuid references depots (id) on delete set null,
  version integer not null default 1
);
create table vehicle_papers (
  plate varchar(12) primary key references vehicles (plate) on delete cascade,
  inspected_on date not null,
  valid_until date not null default (current_date + interval '365 days'),
  document_url varchar(500)
);
create table parcels (
  id uuid primary key,
  tracking_code varchar(20) not null,
  carrier varchar(20) not null,
  weight positive,
  cost numeric not null check (cost >= 0),
  volume interval,
  handed_over timestamptz default now(),
  unique (carrier, tracking_code)
);
create table tours (
  id uuid primary key,
  driver_id uuid not null references drivers (id),
  vehicle_plate varchar(12) not null references vehicles (plate),
  day date not null default current_date + 1,
  note text,
  unique (driver_id, day)
);
create table tour_parcels (
  id bigserial primary key,
  tour_id uuid not null references tours (id) on delete cascade,
  parcel_id uuid not null references parcels (id) on delete cascade,
  created_at timestamptz not null default now(),
  unique (tour_id, parcel_id)
);
create materialized view busy as select * from tours;
