using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;
using Recon.Push.Linking;
using Recon.Push.Sending;
using Recon.Push.Verifying;

namespace Recon.Push.Running;

/// <summary>Carries out a plan, or takes it back: whatever it left before, it goes on from there.</summary>
internal sealed class PushRunner(PushContext context, PushSettings settings, TimeProvider clock)
{
    /// <summary>Sends what was fixed to be sent.</summary>
    /// <param name="drain">Ends it when the batches that are under way are settled.</param>
    /// <param name="abort">Ends it at once; what is under way is resumed as after a kill.</param>
    public async Task<PushReport> PushAsync(CancellationToken drain, CancellationToken abort)
    {
        long started = clock.GetTimestamp();
        await context.Ledger.SetPlanAsync(PlanState.Pushing, abort);
        IReadOnlyDictionary<PushState, long> before = context.Tally.Before = await context.Ledger.CountAsync(abort);
        VerificationResult? verification = null;
        Stop? stop = await TryAsync(
            async () =>
            {
                if (await new Canary(context).FlyAsync(settings.Canary, ForwardAsync, drain, abort) is { } difference)
                {
                    return new Stop($"Stopped after the first records: {difference}. Nothing else was sent. Look into it, then resume, or undo");
                }

                using Feed<PushItem> feed = Items(undoing: false);
                await Workers.RunAsync(settings.Parallelism, () => StepAsync(feed, ForwardAsync, abort), drain);
                await LinkAsync(drain, abort);
                if (!drain.IsCancellationRequested && settings.Verify != 0)
                {
                    verification = await new Verification(context).RunAsync(settings.Verify, drain, abort);
                }

                return context.Left.Tell() is { } left ? new Stop($"{left}. Resume to go on with them") : null;
            },
            drain);
        PushReport report = await EndAsync(before, started, stop, PlanState.Stopped, PlanState.Pushed, abort);
        return report with { Verification = verification };
    }

    /// <summary>Puts back what is still as it was written.</summary>
    /// <inheritdoc cref="PushAsync"/>
    public async Task<PushReport> UndoAsync(CancellationToken drain, CancellationToken abort)
    {
        long started = clock.GetTimestamp();
        await context.Ledger.SetPlanAsync(PlanState.Undoing, abort);
        IReadOnlyDictionary<PushState, long> before = context.Tally.Before = await context.Ledger.CountAsync(abort);
        Stop? stop = await TryAsync(
            async () =>
            {
                using Feed<PushItem> feed = Items(undoing: true);
                await Workers.RunAsync(settings.Parallelism, () => StepAsync(feed, BackwardAsync, abort), drain);
                return context.Left.Tell() is { } left ? new Stop($"{left}. Undo again to go on with them") : null;
            },
            drain);
        return await EndAsync(before, started, stop, PlanState.Undoing, PlanState.Undone, abort);
    }

    private Feed<PushItem> Items(bool undoing) => new((after, token) => context.Ledger.NextAsync(after, undoing, token), item => item.No);

    private static async Task<bool> StepAsync(Feed<PushItem> feed, Func<IReadOnlyList<PushItem>, CancellationToken, Task> send, CancellationToken abort)
    {
        IReadOnlyList<PushItem> items = await feed.NextAsync(abort);
        if (items.Count == 0)
        {
            return false;
        }

        foreach (IGrouping<string, PushItem> pipeline in items.GroupBy(item => item.Planned.Pipeline))
        {
            await send([.. pipeline], abort);
        }

        return true;
    }

    private async Task ForwardAsync(IReadOnlyList<PushItem> items, CancellationToken abort)
    {
        LegacyUpdates? updates = context.Updates.TryGetValue(items[0].Planned.Pipeline, out LegacyUpdateReader? reader)
            ? await reader.ReadAsync(items, abort)
            : null;
        await new BatchSender(context, new Forward(Judge(items), updates)).SendAsync(items, abort);
    }

    private Task BackwardAsync(IReadOnlyList<PushItem> items, CancellationToken abort)
        => new BatchSender(context, new Backward(Judge(items))).SendAsync(items, abort);

    private RecordJudge Judge(IReadOnlyList<PushItem> items) => new(context.Values[items[0].Planned.Pipeline]);

    private async Task LinkAsync(CancellationToken drain, CancellationToken abort)
    {
        IReadOnlyDictionary<PushState, long> links = await context.Ledger.CountLinksAsync(abort);
        context.Tally.Links = PushLedger.Sendable.Sum(state => links.GetValueOrDefault(state));
        var sender = new LinkSender(context);
        using var feed = new Feed<PushLink>(context.Ledger.NextLinksAsync, link => link.No);
        await Workers.RunAsync(
            settings.Parallelism,
            async () =>
            {
                IReadOnlyList<PushLink> batch = await feed.NextAsync(abort);
                if (batch.Count > 0)
                {
                    await sender.SendAsync(batch, abort);
                }

                return batch.Count > 0;
            },
            drain);
    }

    private static async Task<Stop?> TryAsync(Func<Task<Stop?>> body, CancellationToken drain)
    {
        try
        {
            return await body() ?? (drain.IsCancellationRequested ? new Stop("Stopped by a signal; what was under way is settled", IsSignal: true) : null);
        }
        catch (HubspotException failure)
        {
            return new Stop(failure.Message.TrimEnd('.'));
        }
    }

    private async Task<PushReport> EndAsync(
        IReadOnlyDictionary<PushState, long> before, long started, Stop? stop, PlanState stopped, PlanState done, CancellationToken abort)
    {
        IReadOnlyDictionary<PushState, long> after = await context.Ledger.CountAsync(abort);
        await context.Ledger.SetPlanAsync(stop is null ? done : stopped, abort);
        if (Conservation.Fault(before, after, context.Tally.Settled()) is { } fault)
        {
            throw new PushAccountException($"The account of plan {context.Plan.Id} does not balance: {fault}. Please report it; nothing is sent twice by resuming.");
        }

        return new PushReport(
            context.Plan, after, await context.Ledger.CountLinksAsync(abort), context.Tally.Calls, context.Tally.Failed, clock.GetElapsedTime(started))
        {
            Stop = stop,
        };
    }
}

/// <summary>The items of a plan do not add up.</summary>
internal sealed class PushAccountException(string message) : Exception(message);
