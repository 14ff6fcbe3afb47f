-- Least privilege for recon: run by the owner of the mirror, in the database that holds it.
-- The reader may only select from the mirror; the writer owns the schemas staging and recon_cluster, and nothing else.
-- The login has both, so that lookups and writers use one account. Give it a password afterwards:
--   \password recon
-- Repeat the grants on the mirror for each schema that the definition names.

create role recon_reader nologin;
create role recon_writer nologin;
create role recon login in role recon_reader, recon_writer;

grant usage on schema hubspot to recon_reader;
grant select on all tables in schema hubspot to recon_reader;
alter default privileges in schema hubspot grant select on tables to recon_reader;

-- recon creates its tables itself; the schema is there already, so it needs no right to create schemas.
create schema staging authorization recon_writer;

-- The same for runs with workers, which find each other there. Leave it out where there are none.
create schema recon_cluster authorization recon_writer;

-- PostgreSQL 14 and older let everybody create tables in schema public.
revoke create on schema public from public;

-- People who read the results:
--   grant usage on schema staging to somebody;
--   grant select on staging.companies_reconciliation to somebody;   -- stays from run to run
