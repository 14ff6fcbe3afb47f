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
    // The category of what HubSpot says of an id that it does not have.
    private const string Gone = "OBJECT_NOT_FOUND";

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
        List<PushItem> left = [];
        foreach (PushItem item in items)
        {
            if (Judge(item, live) is not { } judged)
            {
                left.Add(item);
            }
            else if (judged.Verdict is { } verdict)
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

        await LeaveAsync(left, "HubSpot does not tell what they hold", cancellationToken);
        IReadOnlyDictionary<long, DateTimeOffset> sendable = await context.Ledger.BeginAsync(
            verdicts, [.. shipments.Select(shipment => shipment.Item)], direction.IsUndo, cancellationToken);
        Note(verdicts);

        // Somebody may have rejected one meanwhile.
        shipments.RemoveAll(shipment => !sendable.ContainsKey(shipment.Item.No));
        if (shipments.Count > 0)
        {
            await SendAsync(
                [.. shipments.Select(shipment => shipment with { Item = shipment.Item with { SentAt = sendable[shipment.Item.No] } })], pass, cancellationToken);
        }
    }

    private async Task<LiveBatch> ReadAsync(IReadOnlyList<PushItem> items, Pass pass, CancellationToken cancellationToken)
    {
        try
        {
            return await _live.ReadAsync(items, direction.ReadsHistory, direction.AsksForHistory, cancellationToken);
        }
        catch (HubspotException failure) when (pass.Sends > 0 || pass.IsTakingApart)
        {
            await ReturnAsync(items, cancellationToken);
            await SettleAsync(
                [.. items.Where(IsDoubtful).Select(item => Uncertain(item, $"no answer told of it, and reading back failed: {failure.Message}"))], cancellationToken);
            throw;
        }
    }

    /// <returns>Something to send or a verdict; <see langword="null"/> where neither is known, and the item can be taken up again.</returns>
    private Judged? Judge(PushItem item, LiveBatch live)
    {
        if (live.Find(item) is { } record)
        {
            return direction.Judge(item, record);
        }

        string? survivor = live.SurvivorOf(item);
        return live.FaultOf(item) is { } fault
            ? IsDoubtful(item) ? Judged.Done(Uncertain(item, $"HubSpot does not tell what it holds: {fault.Message}"))
                : direction.IsUndo ? null
                : Judged.Done(direction.Refused(new Shipment(item, new Dictionary<string, string>()), fault))
            : IsDoubtful(item) && survivor is null && !live.IsNotThere(item)
                ? Judged.Done(Uncertain(item, "it was sent, and when it is read back HubSpot leaves it out without a word"))
                : Judged.Done(direction.Gone(item, survivor, live.Survivors is not null));
    }

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
            await ReturnAsync(shipments.Select(shipment => shipment.Item), cancellationToken);
            throw;
        }

        if (answer is UpdateAnswer.WholeRefused && pass.IsTakingApart)
        {
            context.Tally.TakeApart();
        }

        List<Shipment> sent = [.. shipments.Select(shipment => shipment with { Item = shipment.Item with { State = PushState.Sending } })];
        switch (answer)
        {
            case UpdateAnswer.NotSent never:
                await ReturnAsync(shipments.Select(shipment => shipment.Item), cancellationToken);
                throw new HubspotException(HubspotFault.Unavailable, never.Why);
            case UpdateAnswer.Lost lost:
                await PassAsync(
                    [.. sent.Select(shipment => shipment.Item)],
                    pass.After(isAnswered: false, sent.Select(shipment => (shipment.Item, lost.Why)), lost.CorrelationId),
                    cancellationToken);
                break;
            case UpdateAnswer.WholeRefused refused:
                // Nothing was written: what was never sent before is as new as it was.
                await TakeApartAsync(shipments, refused, pass, cancellationToken);
                break;
            default:
                await JudgeAsync(sent, (UpdateAnswer.Judged)answer, pass, cancellationToken);
                break;
        }

        context.Tally.StopIfFailing();
    }

    private async Task JudgeAsync(List<Shipment> shipments, UpdateAnswer.Judged answer, Pass pass, CancellationToken cancellationToken)
    {
        List<ItemVerdict> verdicts = [];
        List<(PushItem Item, string Why)> untold = [];
        foreach ((Shipment shipment, InputVerdict verdict) in shipments.Zip(answer.Verdicts))
        {
            switch (verdict)
            {
                case InputVerdict.Accepted accepted:
                    verdicts.Add(direction.Accepted(shipment, accepted) with { HttpStatus = answer.Status, CorrelationId = answer.CorrelationId });
                    break;
                case InputVerdict.Refused { Error.Category: not Gone } refused:
                    verdicts.Add(direction.Refused(shipment, refused.Error) with { CorrelationId = answer.CorrelationId });
                    break;
                case InputVerdict.Refused gone:
                    untold.Add((shipment.Item, gone.Error.Message));
                    break;
                default:
                    untold.Add((shipment.Item, ((InputVerdict.Absent)verdict).Why));
                    break;
            }
        }

        await SettleAsync(verdicts, cancellationToken);
        if (untold.Count > 0)
        {
            // The record may have been merged or deleted meanwhile: reading tells which.
            await PassAsync(
                [.. untold.Select(each => each.Item)], pass.After(isAnswered: true, untold, answer.CorrelationId), cancellationToken);
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
            string what = string.Join(", ", new[] { error.Category, error.Code, error.Property }.OfType<string>().Distinct(StringComparer.Ordinal));
            await LeaveAsync(
                [.. shipments.Select(shipment => shipment.Item)],
                $"HubSpot refuses a batch for one of its records ({(what.Length > 0 ? what : error.Status.ToString(CultureInfo.InvariantCulture))}), and the calls for finding out which one are spent",
                cancellationToken);
            return;
        }

        (IReadOnlyList<PushItem> first, IReadOnlyList<PushItem> second) = Bisection.Split([.. shipments.Select(shipment => shipment.Item)], error);
        Pass part = pass with { IsTakingApart = true };
        try
        {
            await PassAsync(first, part, cancellationToken);
        }
        catch (HubspotException)
        {
            await ReturnAsync(second, cancellationToken);
            throw;
        }

        await PassAsync(second, part, cancellationToken);
    }

    private async Task SettleAsync(List<ItemVerdict> verdicts, CancellationToken cancellationToken)
    {
        if (verdicts.Count > 0)
        {
            await context.Ledger.SettleAsync(verdicts, cancellationToken);
            Note(verdicts);
        }
    }

    private void Note(List<ItemVerdict> verdicts)
    {
        context.Tally.Add(verdicts);
        context.Left.Remove(verdicts);
    }

    // Another push, or another undo, takes them up again.
    private async Task LeaveAsync(List<PushItem> items, string why, CancellationToken cancellationToken)
    {
        if (items.Count > 0)
        {
            await ReturnAsync(items, cancellationToken);
            await SettleAsync([.. items.Where(IsDoubtful).Select(item => Uncertain(item, why))], cancellationToken);
            context.Left.Add(items, why);
        }
    }

    // What was never sent is as it was before; what was sent once stays to be read back.
    private async Task ReturnAsync(IEnumerable<PushItem> items, CancellationToken cancellationToken)
    {
        long[] unsent = [.. items.Where(item => !IsDoubtful(item)).Select(item => item.No)];
        if (unsent.Length > 0)
        {
            await context.Ledger.ReturnAsync(unsent, direction.IsUndo, cancellationToken);
        }
    }

    private ItemVerdict Untold(Shipment shipment, Pass pass)
    {
        string times = string.Create(CultureInfo.InvariantCulture, $"sent {pass.Sends} times");
        string why = pass.Reasons.GetValueOrDefault(shipment.Item.No, "no answer arrived");
        var error = new ApiError(0, null, null, "NOT_IN_ANSWER", $"{times}, and it holds what it held before; the last time, {why}", null);
        ItemVerdict verdict = pass.IsAnswered ? direction.Refused(shipment, error) : Uncertain(shipment.Item, error.Message);
        return verdict with { CorrelationId = pass.CorrelationId };
    }

    // Its request may have reached HubSpot.
    private static bool IsDoubtful(PushItem item) => item.State is PushState.Sending or PushState.Uncertain;

    private static ItemVerdict Uncertain(PushItem item, string why) => new(item.No, PushState.Uncertain) { Message = why };

    private UpdateInput Input(Shipment shipment)
        => new(
            LiveReader.Id(shipment.Item),
            string.Create(CultureInfo.InvariantCulture, $"{context.Plan.Id:N}-{shipment.Item.No}{(direction.IsUndo ? "-undo" : "")}"),
            shipment.Values);
}
