using Npgsql;
using Recon.Postgres.Decisions;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Decisions as they stood after an entry of their history: what a worker has to obey.</summary>
public sealed class DecisionsAsOfTests(PostgresServer server)
{
    [Fact]
    public async Task Load_UpToAnEntry_GivesWhatStoodThen()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 60);
        await world.RunAsync();
        await using var connection = new NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        List<PipelineDecisions> states = [await LoadAsync(connection, null)];
        foreach (Func<Task<DecisionResult>> decide in (Func<Task<DecisionResult>>[])
            [
                () => world.DecideAsync("3", null),
                () => world.DecideAsync("5", 6_000_000_005),
                () => world.DecideAsync("3", 5_000_000_003),
                () => world.UndoAsync("5"),
                () => world.DecideAsync("8", null),
            ])
        {
            await decide();
            states.Add(await LoadAsync(connection, null));
        }

        foreach (PipelineDecisions state in states)
        {
            PipelineDecisions then = await LoadAsync(connection, state.Last);
            Assert.Equal((state.Last, Text(state)), (then.Last, Text(then)));
        }

        Assert.Equal([0, 1, 2, 2, 1, 2], states.Select(state => state.Count));
    }

    private static Task<PipelineDecisions> LoadAsync(NpgsqlConnection connection, long? until)
        => new DecisionStore(new StagingTables("staging")).LoadAsync(connection, "things", stages: true, TestContext.Current.CancellationToken, until);

    private static string Text(PipelineDecisions decisions)
        => $"{decisions.Count} " + string.Join(", ", ((string[])["3", "5", "8"]).Select(id => $"{id}: {decisions.Records?.Find(System.Text.Encoding.UTF8.GetBytes(id))}"));
}
