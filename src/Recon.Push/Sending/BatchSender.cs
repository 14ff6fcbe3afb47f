using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>
/// Sends the items of one batch: reads what HubSpot holds, sends what may be sent, judges the answer. Before each request the ledger
/// says that the items are being sent, and that is committed: whatever ends this process leaves items that were never sent, or items
/// that are read back before anything else happens to them.
/// </summary>
internal sealed class BatchSender(PushContext context, IDirection direction)
{
    private readonly LiveReader _live = new(context.Client);

    /// <param name="items">Items of one pipeline and object type, at most 100.</param>
    /// <exception cref="HubspotException">Nothing more can be sent for now; all items are where they can be resumed from.</exception>
    public Task SendAsync(IReadOnlyList<PushItem> items, CancellationToken cancellationToken)
        => PassAsync(items, Pass.First(), cancellationToken);

    private async Task PassAsync(IReadOnlyList<PushItem> items, Pass pass, CancellationToken cancellationToken)
    {
        LiveBatch live = await ReadAsync(items, pass, cancellationToken);
        List<ItemVerdict> verdicts = [];
        List<Shipment> shipments = [];
        foreach (PushItem item in items)
        {
            Judged judged = Judge(item, live);
            if (judged.Verdict is { } verdict)
            {
                verdicts.Add(verdict);
            }
            else if (pass.Sends < Pass.MostSends)
            {
                shipments.Add(judged.Shipment!);
            }
            else
            {
                verdicts.Add(Untold(judged.Shipment!, pass));
            }
        }

        IReadOnlySet<long> sendable = await context.Ledger.BeginAsync(
            verdicts, [.. shipments.Select(shipment => shipment.Item)], direction.IsUndo, cancellationToken);
        context.Tally.Add(verdicts);

        // Somebody may have rejected one meanwhile.
        shipments.RemoveAll(shipment => !sendable.Contains(shipment.Item.No));
        if (shipments.Count > 0)
        {
            await SendAsync(shipments, pass, cancellationToken);
        }
    }

    private async Task<LiveBatch> ReadAsync(IReadOnlyList<PushItem> items, Pass pass, CancellationToken cancellationToken)
    {
        try
        {
            return await _live.ReadAsync(items, direction.ReadsHistory, direction.IsUndo ? direction.AsksForHistory : null, cancellationToken);
        }
        catch (HubspotException failure) when (pass.Sends > 0)
        {
            await SettleAsync([.. items.Select(item => Uncertain(item, $"no answer told of it, and reading back failed: {failure.Message}"))], cancellationToken);
            throw;
        }
    }

    private Judged Judge(PushItem item, LiveBatch live)
        => live.Find(item) is { } record ? direction.Judge(item, record)
            : live.FaultOf(item) is not { } fault ? Judged.Done(direction.Gone(item, live.SurvivorOf(item)))
            : Judged.Done(item.State is PushState.Sending or PushState.Uncertain
                ? Uncertain(item, $"HubSpot does not tell what it holds: {fault.Message}")
                : direction.Refused(new Shipment(item, new Dictionary<string, string>()), fault));

    private async Task SendAsync(List<Shipment> shipments, Pass pass, CancellationToken cancellationToken)
    {
        UpdateAnswer answer;
        try
        {
            answer = await context.Client.UpdateAsync(
                shipments[0].Item.Planned.ObjectType, [.. shipments.Select(Input)], cancellationToken);
        }
        catch (HubspotException)
        {
            await ReturnAsync(shipments, cancellationToken);
            throw;
        }

        if (answer is not UpdateAnswer.Judged)
        {
            context.Tally.Fail(pass.IsTakingApart);
        }

        List<Shipment> sent = [.. shipments.Select(shipment => shipment with { Item = shipment.Item with { State = PushState.Sending } })];
        switch (answer)
        {
            case UpdateAnswer.NotSent never:
                await ReturnAsync(shipments, cancellationToken);
                throw new HubspotException(HubspotFault.Unavailable, never.Why);
            case UpdateAnswer.Lost:
                await PassAsync([.. sent.Select(shipment => shipment.Item)], pass.After(isAnswered: false), cancellationToken);
                break;
            case UpdateAnswer.WholeRefused refused:
                await TakeApartAsync(sent, refused, pass, cancellationToken);
                break;
            default:
                await JudgeAsync(sent, (UpdateAnswer.Judged)answer, pass.After(isAnswered: true), cancellationToken);
                break;
        }

        context.Tally.StopIfFailing();
    }

    private async Task JudgeAsync(List<Shipment> shipments, UpdateAnswer.Judged answer, Pass next, CancellationToken cancellationToken)
    {
        List<ItemVerdict> verdicts = [];
        List<PushItem> untold = [];
        foreach ((Shipment shipment, InputVerdict verdict) in shipments.Zip(answer.Verdicts))
        {
            switch (verdict)
            {
                case InputVerdict.Accepted accepted:
                    verdicts.Add(direction.Accepted(shipment, accepted.Values) with { HttpStatus = answer.Status, CorrelationId = answer.CorrelationId });
                    break;
                case InputVerdict.Refused refused:
                    verdicts.Add(direction.Refused(shipment, refused.Error) with { CorrelationId = answer.CorrelationId });
                    break;
                default:
                    untold.Add(shipment.Item);
                    break;
            }
        }

        await SettleAsync(verdicts, cancellationToken);
        if (untold.Count > 0)
        {
            // The record may have been merged meanwhile, and then HubSpot says nothing of it.
            await PassAsync(untold, next, cancellationToken);
        }
    }

    // Each part is looked at anew before it is sent: the calls between have given others time to write.
    private async Task TakeApartAsync(List<Shipment> shipments, UpdateAnswer.WholeRefused answer, Pass pass, CancellationToken cancellationToken)
    {
        ApiError error = answer.Error;
        if (shipments.Count == 1)
        {
            await SettleAsync([direction.Refused(shipments[0], error) with { CorrelationId = answer.CorrelationId }], cancellationToken);
            return;
        }

        if (!context.Tally.MayTakeApart || !pass.Budget.TryTake(2))
        {
            ApiError together = error with
            {
                Message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"refused together with {shipments.Count - 1} others, and no more calls are spent on finding out which one is at fault: {error.Message}"),
            };
            await SettleAsync(
                [.. shipments.Select(shipment => direction.Refused(shipment, together) with { CorrelationId = answer.CorrelationId })], cancellationToken);
            return;
        }

        (IReadOnlyList<PushItem> first, IReadOnlyList<PushItem> second) = Bisection.Split([.. shipments.Select(shipment => shipment.Item)], error);
        Pass part = pass with { IsTakingApart = true };
        await PassAsync(first, part, cancellationToken);
        await PassAsync(second, part, cancellationToken);
    }

    private async Task SettleAsync(List<ItemVerdict> verdicts, CancellationToken cancellationToken)
    {
        if (verdicts.Count > 0)
        {
            await context.Ledger.SettleAsync(verdicts, cancellationToken);
            context.Tally.Add(verdicts);
        }
    }

    // What was never sent is as it was before; what was sent once stays to be read back.
    private async Task ReturnAsync(List<Shipment> shipments, CancellationToken cancellationToken)
    {
        long[] unsent = [.. shipments.Select(shipment => shipment.Item).Where(item => item.State is PushState.Approved or PushState.Written).Select(item => item.No)];
        if (unsent.Length > 0)
        {
            await context.Ledger.ReturnAsync(unsent, direction.IsUndo, cancellationToken);
        }
    }

    private ItemVerdict Untold(Shipment shipment, Pass pass)
    {
        string times = string.Create(CultureInfo.InvariantCulture, $"sent {pass.Sends} times");
        return pass.IsAnswered
            ? direction.Refused(
                shipment,
                new ApiError(0, null, null, "NOT_IN_ANSWER", $"{times}, and HubSpot's answers say nothing of it; it holds what it held before", null))
            : Uncertain(shipment.Item, $"{times}, and no answer arrived; HubSpot holds what it held before");
    }

    private static ItemVerdict Uncertain(PushItem item, string why) => new(item.No, PushState.Uncertain) { Message = why };

    private UpdateInput Input(Shipment shipment)
        => new(
            LiveReader.Id(shipment.Item),
            string.Create(CultureInfo.InvariantCulture, $"{context.Plan.Id:N}-{shipment.Item.No}{(direction.IsUndo ? "-undo" : "")}"),
            shipment.Values);
}
