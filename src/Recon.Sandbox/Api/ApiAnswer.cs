namespace Recon.Sandbox.Api;

/// <summary>An answer before it is sent.</summary>
internal sealed record ApiAnswer(int Status, byte[] Body)
{
    /// <summary>Seconds after which to ask again.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>What happens to the portal once the answer was made, such as a workflow.</summary>
    public Action? Afterwards { get; init; }
}
