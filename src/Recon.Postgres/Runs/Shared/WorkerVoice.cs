namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Speaks with the coordinator while a worker takes part in a run: reports what is committed, fetches splits, and obeys. What was
/// not answered is said again.
/// </summary>
internal sealed class WorkerVoice(WorkerContext context, RunTerms terms, WorkerCard card, IRunExchange exchange, SplitFeed feed)
{
    // A worker that waits for splits asks this often within a beat.
    private const int AsksPerBeat = 10;

    private long? _figuresAt;

    /// <summary>Gives what the worker counted; <see langword="null"/> before it works.</summary>
    public Func<WorkerFigures?> Figures { get; set; } = static () => null;

    /// <summary>Reports until the coordinator ends the worker's part, or cannot be reached for too long.</summary>
    public async Task<JoinedEnd> SpeakAsync(CancellationToken cancellationToken)
    {
        long answered = context.Clock.GetTimestamp();
        bool isOutOfReach = false;
        while (true)
        {
            WorkerReport report = Report() with { Wants = feed.Wants };
            try
            {
                WorkerOrders orders = await exchange.ReportAsync(report, cancellationToken);
                (answered, isOutOfReach) = (context.Clock.GetTimestamp(), false);
                feed.Told(report);
                if (Obey(orders) is { } end)
                {
                    return end;
                }
            }
            catch (ExchangeUnavailableException unavailable)
            {
                TimeSpan left = context.Patience - context.Clock.GetElapsedTime(answered);
                if (left <= TimeSpan.Zero)
                {
                    return new JoinedEnd(JoinedEndKind.Unreachable, unavailable.Message);
                }

                if (!isOutOfReach)
                {
                    context.Logger.CoordinatorOutOfReach(unavailable.Message, left.TotalSeconds);
                }

                isOutOfReach = true;
                await Task.Delay(context.Beat, context.Clock, cancellationToken);
                continue;
            }

            await feed.WaitForNewsAsync(feed.Wants > 0 ? context.Beat / AsksPerBeat : context.Beat, context.Clock, cancellationToken);
        }
    }

    /// <summary>Says the last words: what is committed, and why it leaves.</summary>
    /// <returns>What became of the run by that; <see langword="null"/> when there was no answer.</returns>
    public async Task<OrderState?> LeaveAsync(WorkerFault? fault, CancellationToken cancellationToken)
    {
        // Who hears nothing of it notices the silence.
        for (int left = 5; left > 0; left--)
        {
            try
            {
                _figuresAt = null;
                return (await exchange.ReportAsync(Report() with { Fault = fault, Leaves = true }, cancellationToken)).State;
            }
            catch (ExchangeUnavailableException) when (left > 1)
            {
                await Task.Delay(context.Beat, context.Clock, cancellationToken);
            }
            catch (ExchangeUnavailableException)
            {
                return null;
            }
        }

        return null;
    }

    private JoinedEnd? Obey(WorkerOrders orders)
    {
        switch (orders.State)
        {
            case OrderState.Rejoin:
                return new JoinedEnd(JoinedEndKind.Rejoin);
            case OrderState.Done:
                return new JoinedEnd(JoinedEndKind.Done);
            case OrderState.Ended:
                return new JoinedEnd(JoinedEndKind.Ended);
            case OrderState.GoOn:
            default:
                foreach (SplitMark revoked in orders.Revoked.Where(feed.Lose))
                {
                    context.Logger.SplitLost(terms.Pipeline, revoked.Split);
                }

                feed.Offer(orders.Tickets);
                return null;
        }
    }

    // Figures are told once a beat, and with what may be the last report.
    private WorkerReport Report()
    {
        (IReadOnlyList<CommittedEntry> committed, IReadOnlyList<SplitMark> done, IReadOnlyList<SplitMark> held) = feed.Unsaid();
        bool isTime = _figuresAt is not { } last || context.Clock.GetElapsedTime(last) >= context.Beat || (committed.Count > 0 && feed.IsEmpty);
        WorkerFigures? figures = isTime ? Figures() : null;
        _figuresAt = figures is null ? _figuresAt : context.Clock.GetTimestamp();
        return new WorkerReport(card.Name, terms.Board, 0, committed, done) { Holds = held, Figures = figures };
    }
}
