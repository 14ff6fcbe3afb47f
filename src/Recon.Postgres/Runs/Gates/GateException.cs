namespace Recon.Postgres.Runs.Gates;

/// <summary>A run exceeded at least one of its gates, such as <c>maxRejects</c>; nothing was published. Exit code 3.</summary>
public sealed class GateException : Exception
{
    internal GateException(string message, IReadOnlyList<ExceededGate> gates)
        : base(message)
        => Gates = gates;

    internal IReadOnlyList<ExceededGate> Gates { get; }
}
