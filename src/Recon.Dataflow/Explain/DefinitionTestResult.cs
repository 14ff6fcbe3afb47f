namespace Recon.Dataflow.Explain;

/// <param name="Differences">What came out otherwise than expected; empty when the test passed.</param>
internal sealed record DefinitionTestResult(string Pipeline, string Test, IReadOnlyList<TestDifference> Differences)
{
    public bool Passed => Differences.Count == 0;
}

/// <summary>One thing that came out otherwise than expected.</summary>
/// <param name="What">What differs: <c>status</c>, <c>hubspotId</c>, <c>update.PROPERTY</c>, <c>notes</c> and so on.</param>
internal sealed record TestDifference(string LegacyId, string What, string? Expected, string? Actual)
{
    /// <summary>The difference as people read it.</summary>
    public override string ToString() => $"{LegacyId} {What}: expected {Show(Expected)}, got {Show(Actual)}";

    private static string Show(string? text) => text is null ? "nothing" : $"\"{text}\"";
}
