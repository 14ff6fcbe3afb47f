using Npgsql;
using Recon.Postgres.Cluster;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;


namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs with exactly the roles of <c>docs/roles.sql</c>.</summary>
public sealed class LeastPrivilegeTests(PostgresServer server)
{
    [Fact]
    public async Task Run_WithTheDocumentedRoles_CompletesAndMayDoNothingElse()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        string suffix = Guid.NewGuid().ToString("N")[..8];
        string script = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "roles.sql"), TestContext.Current.CancellationToken);

        // Roles belong to the whole server, so the test's have names of their own.
        string sql = script
            .Replace("recon_reader", $"reader_{suffix}", StringComparison.Ordinal)
            .Replace("recon_writer", $"writer_{suffix}", StringComparison.Ordinal)
            .Replace("create role recon ", $"create role recon_{suffix} ", StringComparison.Ordinal);
        await world.Database.ExecuteAsync(sql);
        await world.Database.ExecuteAsync($"alter role recon_{suffix} password 'p'");
        string login = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString)
        {
            Username = $"recon_{suffix}",
            Password = "p",
        }.ConnectionString;
        try
        {
            world.ConnectionString = login;
            Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
            Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
            foreach (string forbidden in (string[])
            [
                "insert into hubspot.parents values (1, '1')", "update hubspot.things set name = 'x'", "delete from hubspot.things",
                "truncate hubspot.things", "drop table hubspot.things", "create table public.t (x int)", "create schema other",
                "create table hubspot.t (x int)", "create role other",
            ])
            {
                PostgresException refused = await Assert.ThrowsAsync<PostgresException>(
                    () => new TestDatabase(login, login, world.Database.Name).ExecuteAsync(forbidden));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }

            await using (var connection = new NpgsqlConnection(login))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken);
                Assert.Equal(ClusterSchemaState.Ready, await ClusterSchema.LookAsync(connection, TestContext.Current.CancellationToken));
            }

            // Where the lease of an earlier version is somebody else's, a run tells no progress.
            world.Tuning = new RunTuning { Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(5) } };
            await world.Database.ExecuteAsync($"""
                alter table staging.reconciliation_lease drop column progress;
                alter table staging.reconciliation_lease owner to current_user;
                grant select, insert, update on staging.reconciliation_lease to recon_{suffix};
                """);
            Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
        }
        finally
        {
            await world.Database.ExecuteAsync($"""
                drop schema staging cascade;
                drop owned by recon_{suffix}, writer_{suffix}, reader_{suffix};
                drop role recon_{suffix}, writer_{suffix}, reader_{suffix};
                """);
        }
    }
}
