namespace Recon.Postgres.Runs.Gates;

/// <summary>Exceeded gates in words: several lines.</summary>
internal static class GateText
{
    /// <summary>Why nothing was published.</summary>
    public static string Refusal(IReadOnlyList<ExceededGate> gates)
        => $"Nothing was published.{Lines(gates)}\nTo publish the result all the same, add --publish-anyway.";

    /// <summary>What was published in spite of gates.</summary>
    public static string Passed(IReadOnlyList<ExceededGate> gates) => $"Published all the same, by --publish-anyway.{Lines(gates)}";

    /// <summary>What would not be published.</summary>
    public static string Forecast(IReadOnlyList<ExceededGate> gates) => $"A run would publish nothing.{Lines(gates)}";

    private static string Lines(IReadOnlyList<ExceededGate> gates) => string.Concat(gates.Select(gate =>
        $"\n  {gate.Name} ({gate.Where}):{string.Concat(gate.Excesses.Select(Lines))}"));

    private static string Lines(Excess excess)
        => $"\n    {excess.Finding}.{string.Concat(excess.Advice.Select(advice => $"\n      {advice}"))}";
}
