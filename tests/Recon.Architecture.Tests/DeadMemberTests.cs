namespace Recon.Architecture.Tests;

/// <summary>What no product refers to is deleted: a test that alone keeps a member alive tests nothing that runs.</summary>
public sealed class DeadMemberTests
{
    private static readonly Dictionary<string, string> s_justified = new(StringComparer.Ordinal)
    {
        ["Recon.Cluster.CoordinatorPlacementAttribute"] = "Stands at the grain.",
        ["Recon.Cluster.RunGrain"] = "Orleans makes it, where its interface is asked for.",
        ["Recon.Dataflow.Definition.ReconDefinition.Schema"] = "Accepted in a definition for editors, and not read.",
        ["Recon.Postgres.Push.PushLink.State"] = "What the ledger says of a link, which the tests of approving and sending compare.",
        ["Recon.HubSpot.Api.HistoryItem.SourceId"] = "A part of HubSpot's answer, which the tests of reading compare.",
        ["Recon.HubSpot.Api.HistoryItem.Value"] = "A part of HubSpot's answer, which the tests of reading compare.",
        ["Recon.HubSpot.Api.LiveRecord.Id"] = "A part of HubSpot's answer, which the tests of reading compare.",
        ["Recon.HubSpot.Portal.DefinitionViolation.Member"] = "Where in the definition it stands, which the tests compare; the command names pipeline, object and property.",
        ["Recon.HubSpot.Portal.DefinitionViolation.Node"] = "Where in the definition it stands, which the tests compare; the command names pipeline, object and property.",
        ["Recon.Dataflow.Telemetry.ReconMetrics.Meter"] = "Tells the instruments of one run from those of another in the same process.",
    };

    /// <summary>Found when the rule came; each line goes with the member.</summary>
    private static readonly string[] s_known =
    [
        "Recon.Cli.Commands.WantedId.Place",
        "Recon.Cli.ReconCommandLine.InvokeAsync",
        "Recon.Postgres.Embedded.EmbeddedPostgres.ServerProcessId",
        "Recon.Postgres.Faults.Fault.SqlState",
        "Recon.Postgres.Lookups.CachedTable.Bytes",
        "Recon.Postgres.Lookups.RememberedIds.Count",
        "Recon.Postgres.Staging.Attempt.DropAsync",
        "Recon.Samples.SampleEnumerations.CallDirections",
        "Recon.Samples.SampleEnumerations.CommunicationTypes",
        "Recon.Samples.SampleGenerator.CountAsync",
        "Recon.Samples.SampleGenerator.WriteBronzeAsync",
    ];

    private static readonly Lazy<(Place Place, string Name)[]> s_found = new(() => [.. DeadMembers.In(SourceTree.Products)]);

    [Fact]
    public void Sources_InternalAndPrivate_AreReferredTo()
        => SourceTree.AssertNone([.. from dead in s_found.Value
                                     where !s_justified.ContainsKey(dead.Name) && !s_known.Contains(dead.Name)
                                     select $"{dead.Place}: nothing in src refers to {dead.Name}. Delete it."]);

    [Fact]
    public void Exceptions_OfTheRule_AreNeeded() => Assert.Empty(s_justified.Keys.Except(s_found.Value.Select(dead => dead.Name)));

    [Theory]
    [InlineData("private int _value;", "P.Some._value")]
    [InlineData("private int _value; public void Set() => _value = 1;", "P.Some._value")]
    [InlineData("/// <see cref=\"Named\"/>\n public void Live() { } internal void Named() { }", "P.Some.Named")]
    [InlineData("internal void Again() => Again();", "P.Some.Again")]
    [InlineData("internal enum Case { One }", "P.Some.Case", "P.Some.Case.One")]
    [InlineData("public void Live() => Used(); private void Used() { }")]
    [InlineData("public override string ToString() => _value; private readonly string _value = \"\";")]
    [InlineData("private int _count; public int Next() => _count += 1;")]
    public void Members_NothingRefersTo_AreFound(string members, params string[] dead)
        => Assert.Equal<string>(dead, [.. DeadMembers.In(SourceTree.Of(("src/P/Some.cs", $"namespace P; public class Some {{ {members} }}"))).Select(each => each.Name)]);
}
