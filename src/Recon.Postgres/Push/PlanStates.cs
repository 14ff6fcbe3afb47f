using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>The states of plans as the table and people write them.</summary>
internal static class PlanStates
{
    public static string TextOf(PlanState state) => state switch
    {
        PlanState.Planned => "planned",
        PlanState.Pushing => "pushing",
        PlanState.Stopped => "stopped",
        PlanState.Pushed => "pushed",
        PlanState.Undoing => "undoing",
        _ => "undone",
    };

    /// <exception cref="StagingException">A later version of recon wrote it.</exception>
    public static PlanState Of(string text)
        => Enum.GetValues<PlanState>().Cast<PlanState?>().FirstOrDefault(state => TextOf(state!.Value) == text)
            ?? throw new StagingException($"'{text}' is no state of a plan that this version of recon knows. Use the version that pushed it.");
}
