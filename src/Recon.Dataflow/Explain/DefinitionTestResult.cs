namespace Recon.Dataflow.Explain;

/// <summary>The result of one test of a definition.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Test">The test's name.</param>
/// <param name="Differences">What came out otherwise than expected; empty when the test passed.</param>
internal sealed record DefinitionTestResult(string Pipeline, string Test, IReadOnlyList<TestDifference> Differences)
{
    /// <summary>Whether the test passed.</summary>
    public bool Passed => Differences.Count == 0;
}

/// <summary>One thing that came out otherwise than expected.</summary>
/// <param name="LegacyId">The record.</param>
/// <param name="What">What differs: <c>status</c>, <c>hubspotId</c>, <c>update.PROPERTY</c>, <c>notes</c> and so on.</param>
/// <param name="Expected">What was expected; <see langword="null"/> for nothing.</param>
/// <param name="Actual">What came out; <see langword="null"/> for nothing.</param>
internal sealed record TestDifference(string LegacyId, string What, string? Expected, string? Actual)
{
    /// <summary>The difference as people read it.</summary>
    public override string ToString() => $"{LegacyId} {What}: expected {Show(Expected)}, got {Show(Actual)}";

    private static string Show(string? text) => text is null ? "nothing" : $"\"{text}\"";
}
