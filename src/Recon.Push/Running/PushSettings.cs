namespace Recon.Push.Running;

/// <summary>How a plan is pushed.</summary>
internal sealed record PushSettings
{
    /// <summary>Records that are sent first and read back; 0 for none.</summary>
    public required int Canary { get; init; }

    /// <summary>Calls that are under way at the same time.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Records that are read back at the end; none when 0, all when <see langword="null"/>.</summary>
    public required long? Verify { get; init; }
}
