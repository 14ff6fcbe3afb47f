using System.Globalization;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>How the indexes of a result are built.</summary>
public sealed class IndexBuildTests(PostgresServer server)
{
    [Theory]
    [InlineData(64)]
    [InlineData(0)]
    public async Task Run_ServerOnThisMachine_BuildsWithNoMoreHelpersThanThereAreProcessorsFor(int usual)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync($"""
            create table public.builds (index text, helpers int);
            create function public.note() returns event_trigger language plpgsql as $f$ begin
                insert into public.builds select object_identity, current_setting('max_parallel_maintenance_workers')::int
                from pg_event_trigger_ddl_commands();
            end $f$;
            create event trigger note on ddl_command_end when tag in ('CREATE INDEX') execute function public.note();
            do $d$ begin execute format('alter database %I set max_parallel_maintenance_workers = {usual}', current_database()); end $d$;
            """);

        try
        {
            Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);

            int most = Math.Min(usual, Math.Max((Environment.ProcessorCount / 2) - 1, 0));
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"_h {most}, _k {most}, _s {most}"),
                await world.Database.QueryValueAsync<string>(
                    "select string_agg(right(index, 2) || ' ' || helpers, ', ' order by right(index, 2)) from public.builds where index ~ '__[0-9a-f]{12}_.$'"));
        }
        finally
        {
            // Another test may get the database.
            await world.Database.ExecuteAsync("""
                drop event trigger note;
                do $d$ begin execute format('alter database %I reset max_parallel_maintenance_workers', current_database()); end $d$;
                """);
        }
    }
}
