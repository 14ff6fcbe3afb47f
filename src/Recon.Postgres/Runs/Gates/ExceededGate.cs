namespace Recon.Postgres.Runs.Gates;

/// <summary>Something that exceeds a limit: what was seen, and what to do, a line for each.</summary>
/// <param name="About">The property or lookup that it is about; <see langword="null"/> for the run as a whole.</param>
internal sealed record Excess(string Finding, IReadOnlyList<string> Advice, string? About = null)
{
    /// <summary>The same on one line.</summary>
    public override string ToString() => $"{Finding}. {string.Join(' ', Advice)}";
}

/// <summary>A gate that a run did not pass.</summary>
/// <param name="Limit">The limit, as it was written; in words where it is the default one.</param>
/// <param name="Where">Where it is set.</param>
internal sealed record ExceededGate(Gate Gate, string Limit, string Where, IReadOnlyList<Excess> Excesses)
{
    /// <summary>The key in the definition, such as <c>maxShrink</c>.</summary>
    public string Name => Gate.Name;

    public static IReadOnlyList<string> NamesOf(IEnumerable<ExceededGate> gates) => [.. gates.Select(gate => gate.Name)];
}
