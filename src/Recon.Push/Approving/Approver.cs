using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Text;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Planning;

namespace Recon.Push.Approving;

/// <summary>Enters what somebody says of a plan, within the brakes.</summary>
internal sealed class Approver(StagingTables tables)
{
    private const int TransitionsOfAProperty = 20;

    /// <summary>Enters one word about a plan, and judges its items by all words so far, in one transaction.</summary>
    /// <exception cref="PushRefusedException">The plan does not hold what is meant, a brake is exceeded, or somebody else has to say it.</exception>
    /// <exception cref="PlanHeldException">The plan is being pushed or undone: what is sent of it was fixed when that began.</exception>
    public async Task<ApprovalOutcome> SayAsync(
        NpgsqlConnection connection, PushPlan plan, ApprovalWish wish, Approver.Words words, CancellationToken cancellationToken)
    {
        PlanBrakes[] brakes = [.. plan.Parts.Select(part => JsonSerializer.Deserialize(part.Brakes, PlanJson.Default.PlanBrakes)!)];
        if (wish.IsApproved && brakes.Any(each => each.FourEyes) && string.Equals(words.By.Trim(), plan.CreatedBy.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            throw new PushRefusedException($"{plan.CreatedBy} made plan {plan.Id}, and the definition's \"fourEyes\" wants somebody else to approve it (--by NAME).");
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        var store = new ApprovalStore(tables);
        await store.LockAsync(connection, plan, cancellationToken);
        await new PlanLock(tables, plan.Id).TakeForTransactionAsync(connection, cancellationToken);
        var figures = new PlanFigures(tables);
        IReadOnlyList<PropertyFigures> before = await figures.PropertiesAsync(connection, plan.Id, plan.Hash, cancellationToken);
        wish = await RequireKnownAsync(connection, plan, wish, before, cancellationToken);
        LateChanges lateBefore = await figures.LateAsync(connection, plan.Id, plan.Hash, wish, cancellationToken);
        await store.AddAsync(connection, plan, wish, words.By, words.Reason, words.IsOverLimit, cancellationToken);
        await store.JudgeAsync(connection, plan, cancellationToken);
        IReadOnlyList<string> exceeded = await ExceededAsync(connection, plan, cancellationToken);
        IReadOnlyList<PropertyFigures> after = await figures.PropertiesAsync(connection, plan.Id, plan.Hash, cancellationToken);
        long approved = after.Sum(each => each.Approved) - before.Sum(each => each.Approved);
        bool isMore = after.Where(each => !each.IsLink).Sum(each => each.Approved) > before.Where(each => !each.IsLink).Sum(each => each.Approved);

        // Who went over a limit before answers for that, and for no more.
        if (isMore && exceeded.Count > 0 && !words.IsOverLimit)
        {
            throw new PushRefusedException(
                $"With this, plan {plan.Id} exceeds what the definition allows: {string.Join("; ", exceeded)}. Approve less, or add --over-the-limit with a --reason. Nothing was approved.");
        }

        LateChanges late = await figures.LateAsync(connection, plan.Id, plan.Hash, wish, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ApprovalOutcome(
            wish,
            approved,
            after.Sum(each => each.Rejected) - before.Sum(each => each.Rejected))
        {
            Late = late.Count > lateBefore.Count ? late : null,
        };
    }

    /// <summary>Tells what was said of a plan and what is open.</summary>
    public async Task<OpenChanges> OpenAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
    {
        var figures = new PlanFigures(tables);
        return new OpenChanges(
            await figures.PropertiesAsync(connection, plan.Id, plan.Hash, cancellationToken),
            await figures.TransitionsAsync(connection, plan.Id, plan.Hash, TransitionsOfAProperty, cancellationToken),
            await new ItemLedger(tables).CountAsync(connection, plan.Id, cancellationToken),
            await ExceededAsync(connection, plan, cancellationToken));
    }

    /// <summary>The brakes that the approved changes of a plan exceed.</summary>
    public async Task<IReadOnlyList<string>> ExceededAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
    {
        var approved = (await new PlanFigures(tables).ApprovedAsync(connection, plan.Id, plan.Hash, cancellationToken)).ToDictionary(part => part.Pipeline, StringComparer.Ordinal);
        return PlanBrakes.Exceeded(
        [
            .. plan.Parts.Where(part => approved.ContainsKey(part.Pipeline)).Select(part => (
                part.Pipeline, JsonSerializer.Deserialize(part.Brakes, PlanJson.Default.PlanBrakes)!, approved[part.Pipeline].Records, approved[part.Pipeline].Cleared)),
        ]);
    }

    private async Task<ApprovalWish> RequireKnownAsync(
        NpgsqlConnection connection, PushPlan plan, ApprovalWish wish, IReadOnlyList<PropertyFigures> figures, CancellationToken cancellationToken)
    {
        if (wish.Pipeline is { } pipeline && plan.Parts.All(part => part.Pipeline != pipeline))
        {
            throw new PushRefusedException($"Plan {plan.Id} has no pipeline '{pipeline}'. It has: {string.Join(", ", plan.Parts.Select(part => part.Pipeline))}.");
        }

        string[] known = [.. figures.Where(each => wish.Pipeline is null || each.Pipeline == wish.Pipeline).Select(each => each.Property).Distinct(StringComparer.Ordinal)];
        if (wish.Property is { } property && !known.Contains(property, StringComparer.Ordinal))
        {
            throw new PushRefusedException($"Plan {plan.Id} changes no property '{property}'{Suggestion.Hint(property, known, always: true)}.");
        }

        if (wish.LegacyId is not { } legacyId)
        {
            return wish;
        }

        List<string> pipelines = await new PlanFigures(tables).PipelinesOfAsync(connection, plan.Id, legacyId, cancellationToken);
        return (wish.Pipeline, pipelines) switch
        {
            (null, [var only]) => wish with { Pipeline = only },
            ({ } named, _) when pipelines.Contains(named, StringComparer.Ordinal) => wish,
            (null, [_, ..]) => throw new PushRefusedException($"Plan {plan.Id} has a record {legacyId} in {string.Join(" and ", pipelines)}. Say which by --pipeline."),
            _ => throw new PushRefusedException($"Plan {plan.Id} has no record with the legacy id {legacyId}{(wish.Pipeline is null ? "" : $" in '{wish.Pipeline}'")}."),
        };
    }

    /// <summary>Who says it and why.</summary>
    internal sealed record Words(string By, string? Reason, bool IsOverLimit);
}

/// <summary>What became of a plan by one word.</summary>
/// <param name="Wish">What was said, with the pipeline that it is about.</param>
/// <param name="Approved">By how many more changes are approved.</param>
/// <param name="Rejected">By how many more changes are rejected.</param>
internal sealed record ApprovalOutcome(ApprovalWish Wish, long Approved, long Rejected)
{
    /// <summary>The changes that it comes too late for; <see langword="null"/> for none.</summary>
    public LateChanges? Late { get; init; }
}

/// <summary>What of a plan waits for somebody's word.</summary>
internal sealed record OpenChanges(
    IReadOnlyList<PropertyFigures> Properties,
    IReadOnlyList<TransitionFigures> Transitions,
    IReadOnlyList<(PushState State, bool IsUndoing, long Items)> States,
    IReadOnlyList<string> Exceeded);
