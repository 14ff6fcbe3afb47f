namespace Recon.Postgres.Push;

/// <summary>What is to be changed in one HubSpot account; never changed once it is made.</summary>
/// <param name="Portal">The account.</param>
/// <param name="Hash">Of all that it is to write where, and of what was there before; approvals are bound to it.</param>
/// <param name="Parts">By pipeline, in the order of the definition.</param>
internal sealed record PushPlan(
    Guid Id, long Portal, string Hash, string CreatedBy, DateTimeOffset CreatedAt, PlanState State, IReadOnlyList<PlanPart> Parts)
{
    public long Records => Parts.Sum(part => part.Records);

    public long Links => Parts.Sum(part => part.Links);
}

/// <summary>What a plan is to change of one pipeline's records.</summary>
/// <param name="RunId">The run whose result it was made from; <see langword="null"/> where the log does not have it.</param>
/// <param name="Counts">What was left out and why, as JSON.</param>
/// <param name="Brakes">The brakes that the plan exceeds, as JSON.</param>
internal sealed record PlanPart(
    string Pipeline, Guid? RunId, long Records, long Links, IReadOnlyList<string> ObjectTypes, string Counts, string Brakes)
{
    /// <summary>All runs whose records the result held: those of part of the records leave the others as former runs wrote them.</summary>
    public IReadOnlyList<Guid> Runs { get; init; } = [];
}

/// <summary>How far a plan was carried out.</summary>
internal enum PlanState
{
    Planned,
    Pushing,

    /// <summary>Ended before everything was sent; it can be resumed.</summary>
    Stopped,
    Pushed,
    Undoing,
    Undone,
}
