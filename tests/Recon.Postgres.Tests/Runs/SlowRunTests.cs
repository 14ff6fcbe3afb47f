using System.Runtime.CompilerServices;
using Recon.Dataflow;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Values.Custom;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>
/// Whole runs against PostgreSQL in which one thing takes a tenth of a second for each batch: the verdict names it ten times of
/// ten. A slow reader of a file is tried with a clock of the test's own, as no file is that slow.
/// </summary>
[CollectionDefinition(nameof(SlowRunTests), DisableParallelization = true)]
[Collection(nameof(SlowRunTests))]
public sealed class SlowRunTests(PostgresServer server) : IDisposable
{
    private const int Batches = 12;
    private const int Rows = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("recon-slow-").FullName;

    [Theory(Explicit = true)]
    [Trait("Category", "Sweep")]
    [InlineData("the program's records", nameof(LimitedBy.Input), "csv")]
    [InlineData("the lookup's server", nameof(LimitedBy.LookupAnswers), "lookup")]
    [InlineData("a conversion", nameof(LimitedBy.Diff), "diff")]
    [InlineData("the rows' server", nameof(LimitedBy.Writers), "stage")]
    [InlineData("the commit", nameof(LimitedBy.Commit), "stage")]
    [InlineData("the publication", nameof(LimitedBy.Publication), null)]
    public async Task RunAsync_OneThingIsSlow_IsTheVerdictTenTimesOfTen(string slow, string limit, string? block)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"""
            create schema hubspot;
            create table hubspot.real (hs_object_id bigint primary key, legacy text, name text);
            insert into hubspot.real select i, i::text, 'old' from generate_series(1, {Batches * Rows}) i;
            create index on hubspot.real (legacy);
            create view hubspot.things as select * from hubspot.real
            {(slow == "the lookup's server" ? "where (select pg_sleep(0.1)) is not null" : "")};
            """);
        _ = await RunAsync(database, "nothing");
        await database.ExecuteAsync($"""
            create function public.pause() returns trigger language plpgsql as $f$ begin perform pg_sleep(0.1); return new; end $f$;
            create function public.wait() returns trigger language plpgsql as $f$ begin perform pg_sleep(4); return new; end $f$;
            {Trigger(slow)}
            """);

        for (int time = 1; time <= 10; time++)
        {
            PipelineResult result = await RunAsync(database, slow);

            Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Fault));
            Verdict verdict = result.Verdict!;
            // Where other programs keep the processors busy, the verdict is that they do; the block is the same.
            Assert.True(
                (limit == verdict.Limit.ToString() || verdict.Limit == LimitedBy.Processors) && (block is null || block == verdict.Block),
                $"run {time}: {verdict.Limit} by {verdict.Block} ({verdict.Sure}): {verdict}");
        }
    }

    private static string Trigger(string slow) => slow switch
    {
        "the rows' server" => "create trigger pause before insert on staging.reconciliation_ledger for each row execute function public.pause()",
        "the commit" => "create constraint trigger pause after insert on staging.reconciliation_ledger deferrable initially deferred "
            + "for each row execute function public.pause()",
        "the publication" => "create trigger pause before update on staging.reconciliation_log for each row "
            + "when (new.outcome = 'completed') execute function public.wait()",
        _ => "",
    };

#pragma warning disable RS0030 // Slowness is what is tried; nothing waits for it to be over.
    private static void Pause() => Thread.Sleep(s_pause);

    private static Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(s_pause, cancellationToken);
#pragma warning restore RS0030

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PipelineResult> RunAsync(TestDatabase database, string slow)
    {
        string path = Path.Combine(_folder, "pipeline.json");
        await File.WriteAllTextAsync(path, $$"""
            { "pipelines": [{ "name": "things", "blocks": [
              { "kind": "csv", "path": "never-read.csv", "id": "Id", "idType": "number" },
              { "kind": "batch", "rows": {{Rows}} },
              { "kind": "lookup", "table": "hubspot.things", "key": "legacy", "strategy": "any" },
              { "kind": "diff", "properties": [{ "property": "name", "column": "Name", "convert": [{ "kind": "custom", "name": "pause" }] }] },
              { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
            ] }] }
            """);
        await using Reconciliation recon = await Reconciliation.OpenAsync(path, database.ConnectionString, new ReconciliationOptions
        {
            Sources = new Dictionary<string, IRecordSource> { ["things"] = new SlowSource(slow) },
            Conversions = new Dictionary<string, CustomConverter>
            {
                ["pause"] = value =>
                {
                    if (slow == "a conversion" && value.EndsWith('0'))
                    {
                        Pause();
                    }

                    return value;
                },
            },
        });
        return await recon.RunAsync("things");
    }

    // Ids and names are numbers from 1; a pause comes before each twentieth record, the first of a batch.
    private sealed class SlowSource(string slow) : IRecordSource
    {
        public IReadOnlyList<string> Columns => ["Id", "Name"];

        public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            // As long as the texts of a service are, so that a batch is more than what is read ahead.
            string text = slow == "the program's records" ? new string('x', 4_000) : "";
            for (int id = 1; id <= Batches * Rows; id++)
            {
                if (id % Rows == 1 && slow == "the program's records")
                {
                    await PauseAsync(cancellationToken);
                }

                yield return [$"{id}", $"{text}{id}"];
            }
        }
    }
}
