using System.Text;
using Recon.Postgres.Push;
using Recon.Push.Approving;

namespace Recon.Cli.Rendering;

/// <summary>What waits for approval, as people read it.</summary>
internal static class ApproveText
{
    private const int MostTransitions = 40;

    /// <param name="outcome">What was just said; <see langword="null"/> for nothing.</param>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(PushPlan plan, ApprovalOutcome? outcome, OpenChanges open, int? width)
    {
        StringBuilder text = new();
        if (outcome is not null)
        {
            Line($"{(outcome.Wish.IsApproved ? "Approved" : "Rejected")} in plan {plan.Id}: {Signed(outcome.Approved)} approved, {Signed(outcome.Rejected)} rejected changes.");
            if (outcome.Late is { } late)
            {
                Line($"Too late for {Show.Count(late.Count, "change")} of records that a push has dealt with already ({string.Join(", ", late.Named)}{(late.Count > late.Named.Count ? ", …" : "")}). "
                    + (outcome.Wish.IsApproved ? "What is still to be written takes a new plan: 'recon plan'." : "What was written is taken back by 'recon push --undo'."));
            }
        }
        else
        {
            Line($"Plan {plan.Id} ({PlanStates.TextOf(plan.State)}), made by {plan.CreatedBy}, hash {plan.Hash}");
        }

        Line(string.Join(", ", open.States.GroupBy(each => each.State).Select(group => $"{Show.Count(group.Sum(each => each.Items))} {PushStates.TextOf(group.Key)}")));
        text.Append('\n').Append(TextTable.Draw(
            width,
            ["pipeline", "property", ">changes", ">approved", ">rejected", ">open"],
            [
                .. open.Properties.Select(each => (string[])[
                    each.Pipeline, each.Property, Show.Count(each.All), Show.Count(each.Approved), Show.Count(each.Rejected), Show.Count(each.Open)]),
            ]));
        if (open.Transitions.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                width, ["pipeline", "property", "~open transitions", ">records"], [.. open.Transitions.Take(MostTransitions).Select(PlanText.Transition)]));
        }

        foreach (string exceeded in open.Exceeded)
        {
            Line($"Above the brakes of the definition: {exceeded}.");
        }

        return text.ToString();

        void Line(string line) => text.Append(Hosting.TextWrap.ToTerminal(line, width, breakWords: false)).Append('\n');
    }

    private static string Signed(long count) => count < 0 ? $"{Show.Count(-count)} less" : $"{Show.Count(count)} more";
}
