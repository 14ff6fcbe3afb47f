using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;
using Recon.Review.Model;

namespace Recon.Review.Tests;

/// <summary>Runs that nobody made, of a small definition, with values to choose.</summary>
internal static class MadeUp
{
    private const string Definition = """
        {
          "postgres": "env:NOWHERE",
          "pipelines": [
            {
              "name": "companies",
              "blocks": [
                { "kind": "csv", "path": "companies.csv", "id": "Id", "exclude": [{ "name": "deleted", "column": "Gone", "equals": "1" }] },
                { "kind": "batch" },
                { "kind": "lookup", "name": "match", "table": "hubspot.companies", "key": "legacy_id" },
                { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.contacts", "key": "legacy_id", "from": "Owner" },
                {
                  "kind": "diff",
                  "properties": [
                    { "property": "name", "column": "Name" },
                    { "property": "email", "column": "Email", "convert": ["email"], "policy": "fill-blank" },
                    { "property": "type", "column": "Type", "convert": [{ "kind": "map", "values": { "Kunde": "CUSTOMER", "Partner": "PARTNER" } }] },
                    { "property": "city", "column": "City" }
                  ]
                },
                {
                  "kind": "stage", "table": "companies_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id",
                  "columns": [{ "name": "owner", "parentLegacyId": "owner" }, { "name": "hubspot_owner", "type": "bigint", "parentHubspotId": "owner" }]
                }
              ]
            }
          ]
        }
        """;

    public static DateTimeOffset Now { get; } = new(2026, 1, 31, 12, 30, 0, TimeSpan.Zero);

    public static DefinitionReading Reading { get; } = Read();

    /// <summary>A report whose values are all the same text.</summary>
    public static ReportDocument Report(string value, bool masked = false, ReportDetail? detail = null)
        => Builder(masked).Build([Evidence(value)], detail ?? ReportDetail.Most);

    /// <summary>A report of a run that read nothing.</summary>
    public static ReportDocument Empty()
        => Builder(false).Build([PipelineEvidence.Of(Reading, Reading.Definition!.Pipelines[0], Reported(new BatchCounts()))], ReportDetail.Most);

    /// <summary>A report where nothing was run.</summary>
    public static ReportDocument Never()
        => Builder(false).Build([PipelineEvidence.Of(Reading, Reading.Definition!.Pipelines[0], new ReportedPipeline(null))], ReportDetail.Most);

    /// <summary>A run whose values are all the same text.</summary>
    public static PipelineEvidence Evidence(string value) => PipelineEvidence.Of(Reading, Reading.Definition!.Pipelines[0], Full(value));

    public static ReportBuilder Builder(bool masked) => new("1.2.3", Now, masked);

    private static ReportedPipeline Full(string value)
    {
        BatchCounts counts = new()
        {
            Read = 1_000,
            Matched = 700,
            Unmatched = 200,
            Ambiguous = 10,
            Conflict = 5,
            Folded = 30,
            Filtered = 40,
            Rejected = 15,
            WithChanges = 300,
            ByFilter = new() { ["deleted"] = 40 },
            ByReason = new() { ["field-count"] = 15 },
            PropertyChanges = new() { ["name"] = 250, ["type"] = 60 },
            Suppressed = new() { ["text"] = 33 },
            KeptBack = new() { ["email/fill-blank"] = 12 },
            RejectedValues = new() { [new RejectedValue("type", "Type", "unmapped", value)] = 7, [new RejectedValue("type", "Type", "unmapped", "Kunden")] = 3 },
            ConvertedValues = new() { ["type"] = 690 },
            ParentIds = new() { ["owner"] = 900 },
            UnresolvedParents = new() { [new RejectedValue("owner", "Owner", "not-found", value)] = 90 },
        };
        counts.SameByMeaning["name"] = 33;
        counts.Withheld.Add(new WithheldSample("email", "fill-blank", value, value, value));
        BatchCounts before = new() { Read = 990, Matched = 700, Unmatched = 190, Ambiguous = 10, Conflict = 5, Folded = 30, Filtered = 40, Rejected = 15, WithChanges = 290, PropertyChanges = new() { ["name"] = 250, ["type"] = 50 } };
        return Reported(counts) with
        {
            Former = Run(before, "01900000-0000-7000-8000-000000000001", "2026-01-30T08:00:00Z"),
            Difference = new RunDifference(
                "companies", new ComparedRun(Guid.Empty, ""), new ComparedRun(Guid.Empty, ""), 915, 6,
                [
                    new StatusDifference("unmatched", "matched", 4, [value], [new CauseOfDifference(CauseOfDifference.Hubspot, 3, [value]), new CauseOfDifference(CauseOfDifference.Decision, 1, [value])]),
                    new StatusDifference(null, "unmatched", 2, [value], [new CauseOfDifference(CauseOfDifference.Legacy, 2, [value])]),
                ],
                [],
                [new CauseOfDifference(CauseOfDifference.Hubspot, 4, [value]), new CauseOfDifference(CauseOfDifference.Legacy, 2, [value])],
                []),
            Statuses =
            [
                new StatusRows("matched", "legacy-id", 100, 690, 295), new StatusRows("matched", "email", 80, 10, 5), new StatusRows("unmatched", null, null, 200, 0),
                new StatusRows("ambiguous", "legacy-id", 0, 10, 0), new StatusRows("conflict", null, null, 5, 0),
            ],
            Changes = new StagedChanges(
                "companies", 700, 300,
                [
                    new PropertyChanges("name", 250, 20, 5) { Transitions = [new Transition(value, value + value, 40, [value]), new Transition(null, value, 20, ["12"])] },
                    new PropertyChanges("type", 60, 0, 0) { Transitions = [new Transition("PARTNER", "CUSTOMER", 50, ["7", "8"]), new Transition(value, "PARTNER", 10, [])] },
                ]),
            Rejects = [new RejectedLike("field-count", null, 15, [new RejectSample("companies.csv", 17, "The record has 5 fields, but the header has 4.", value, value.Length + 10)])],
            Parents = [new MissingParents("owner", [KeyValuePair.Create(value, 60L), KeyValuePair.Create("4711", 10L)], 12, 90)],
        };
    }

    private static ReportedPipeline Reported(BatchCounts counts)
        => new(Run(counts, "01900000-0000-7000-8000-000000000002", "2026-01-31T08:00:00Z") with
        {
            Warnings = ["3 values of Name hold U+FFFD: characters were lost before the export."],
            Course = counts.Read == 0 ? [] :
            [
                new LoggedPart(0, 0.5, 600, [new(0.3, 0, 0, 0.2), default, new(0.4, 0.6, 0, 0)]),
                new LoggedPart(0.5, 0.5, 300, [new(0.1, 0, 0.1, 0.3), default, new(0.3, 0.6, 0.1, 0)]),
                new LoggedPart(1, 0.5, 0, [new(0, 0, 0, 0.5), default, new(0.1, 0.8, 0.1, 0)]),
                new LoggedPart(1.5, 0.5, 100, [new(0.1, 0, 0.15, 0.25), default, new(0.2, 0.5, 0.3, 0)]),
            ],
            Blocks = counts.Read == 0 ? [] : [new LoggedBlock("csv", 1, 0.5, 0, 0.25, 1.25, 10), new LoggedBlock("batch", 0, 0, 0, 0, 0, 10), new LoggedBlock("stage", 2, 1, 2.5, 0.5, 0, 10)],
        })
        {
            IsPublished = true,
        };

    private static LoggedRun Run(BatchCounts counts, string id, string started)
        => new(id, "companies", started, started, "completed", false, counts, 2, "1.2.3", null)
        {
            Way = "full",
            WayReason = "no published result is known",
            Written = counts.Staged,
            Fingerprints = new RunFingerprints(Reading.FingerprintOf(Reading.Definition!.Pipelines[0]), "0123abcd", "1.2.3") { InputFiles = "companies.csv" },
            Strategies = """{"match": {"strategy": "cache", "reason": "the table is small"}}""",
        };

    private static DefinitionReading Read()
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(Definition), "pipeline.json");
        Assert.Empty(reading.Problems);
        return reading;
    }
}
