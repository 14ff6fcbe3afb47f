namespace Recon.Postgres.Staging;

/// <summary>How a run comes to its result, and why so.</summary>
/// <param name="Name"><see cref="Whole"/> or <see cref="Changes"/>.</param>
/// <param name="Reason">The reason, for people.</param>
/// <param name="Base">The whole run whose rows a run of changes leaves in place; <see langword="null"/> for a whole one.</param>
internal sealed record RunWay(string Name, string Reason, Guid? Base = null)
{
    /// <summary>Whether somebody may wonder why.</summary>
    public bool IsNotable { get; init; }

    /// <summary>It writes every row.</summary>
    public const string Whole = "full";

    /// <summary>It writes what differs from the published result.</summary>
    public const string Changes = "changes";
}
