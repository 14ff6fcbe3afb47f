#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// Your own lookup and sink: HubSpot records come from somewhere other than a PostgreSQL table, and reconciled records go
// somewhere other than the staging tables. A program that provides every lookup and every sink needs no server.
//   dotnet run docs/examples/own-lookup-and-sink.cs [own-lookup-and-sink.json]
using Recon.Dataflow;
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(
    args.Length > 0 ? args[0] : "docs/examples/own-lookup-and-sink.json",
    options: new ReconciliationOptions
    {
        // The lookup block in the definition has no name, so its name is its kind.
        Lookups = new Dictionary<(string Pipeline, string Lookup), IRecordLookup> { [("companies", "lookup")] = new EveryOtherCompany() },
        Sinks = new Dictionary<string, IRecordSink> { ["companies"] = new Lines() },
    });

PipelineResult result = await recon.RunAsync("companies", new RunSettings { Limit = 4 });
Console.WriteLine($"{result.Outcome}: {result.Counts.Read} read, {result.Counts.Matched} matched, {result.Counts.WithChanges} with changes");

internal sealed class EveryOtherCompany : IRecordLookup
{
    // Called for several batches at the same time. A real lookup would await a request here.
    public ValueTask<IReadOnlyList<FoundRecord>> FindAsync(
        IReadOnlyList<string> keys, IReadOnlyList<string> columns, CancellationToken cancellationToken)
        => ValueTask.FromResult<IReadOnlyList<FoundRecord>>(
        [
            .. keys.Where((_, index) => index % 2 == 0)
                .Select(key => new FoundRecord(key, 9_000_000_000 + key.Length, new Dictionary<string, string?> { ["name"] = "?" })),
        ]);
}

internal sealed class Lines : IRecordSink
{
    public ValueTask WriteAsync(ReconciledBatch batch, CancellationToken cancellationToken)
    {
        foreach (ReconciledRecord record in batch.Records)
        {
            Console.WriteLine($"line {record.SourceLine}: {record.LegacyId} is {record.Status}"
                + string.Concat(record.Updates.Select(update => $", {update.Key}: {record.Previous[update.Key]} -> {update.Value}")));
        }

        return ValueTask.CompletedTask;
    }
}
