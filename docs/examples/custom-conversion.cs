#!/usr/bin/env dotnet
#:project ../../src/Recon.Postgres/Recon.Postgres.csproj
#:property PublishAot=false

// Your own conversion: the definition names it with { "kind": "custom", "name": "company-name" }, and this program
// implements it. A name that the program does not provide is reported like any other mistake in the definition.
//   dotnet run docs/examples/custom-conversion.cs [custom-conversion.json]
// Needs a server, named by RECON_POSTGRES.
using Recon.Dataflow.Diff;
using Recon.Dataflow.Values.Custom;
using Recon.Postgres.Runs;

await using Reconciliation recon = await Reconciliation.OpenAsync(
    args.Length > 0 ? args[0] : "docs/examples/custom-conversion.json",
    options: new ReconciliationOptions
    {
        Conversions = new Dictionary<string, CustomConverter>
        {
            // Must return the same text for the same value every time; null rejects the value, "" means no value.
            ["company-name"] = name => name.EndsWith(" SARL", StringComparison.Ordinal) ? name[..^5] : name,
        },
    });

// A dry run writes nothing and shows what would change.
DryRunResult result = await recon.DryRunAsync("companies", samples: 3);
Console.WriteLine($"{result.Counts.Matched} matched, {result.Counts.WithChanges} with changes");
foreach (RecordVerdict record in result.Samples)
{
    Console.WriteLine($"{record.LegacyId}: {record.Properties[0].Hubspot} -> {record.Properties[0].Converted}");
}
