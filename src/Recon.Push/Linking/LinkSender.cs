using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Sending;

namespace Recon.Push.Linking;

/// <summary>
/// Associates records. HubSpot makes an association that is there already no second time, so what is not known to be done is sent
/// again; what is done is not.
/// </summary>
internal sealed class LinkSender(PushContext context)
{
    private const int MostForTakingApart = 28;

    /// <param name="links">Links of one pair of object types, at most 100.</param>
    /// <exception cref="HubspotException">Nothing more can be sent for now.</exception>
    public async Task SendAsync(IReadOnlyList<PushLink> links, CancellationToken cancellationToken)
    {
        IReadOnlySet<long> sent = await context.Ledger.BeginLinksAsync([.. links.Select(link => link.No)], cancellationToken);
        PushLink[] wanted = [.. links.Where(link => sent.Contains(link.No))];
        if (wanted.Length > 0)
        {
            await SendAsync(wanted, new BisectBudget(MostForTakingApart), cancellationToken);
        }
    }

    private async Task SendAsync(PushLink[] links, BisectBudget budget, CancellationToken cancellationToken)
    {
        LinkAnswer answer = await context.Client.AssociateAsync(
            links[0].Planned.FromType, links[0].Planned.ToType, [.. links.Select(link => (Id(link.Planned.FromId), Id(link.Planned.ToId)))], cancellationToken);
        switch (answer)
        {
            case LinkAnswer.Judged judged:
                await SettleAsync(
                    [.. links.Zip(judged.Verdicts, (link, verdict) => Verdict(link, verdict, judged))], cancellationToken);
                break;
            case LinkAnswer.WholeRefused refused when links.Length > 1 && context.Tally.MayTakeApart && budget.TryTake(2):
                context.Tally.TakeApart();
                await SendAsync(links[..(links.Length / 2)], budget, cancellationToken);
                await SendAsync(links[(links.Length / 2)..], budget, cancellationToken);
                break;
            case LinkAnswer.WholeRefused refused:
                await SettleAsync(
                    [.. links.Select(link => Refused(link, refused.Error) with { CorrelationId = refused.CorrelationId })], cancellationToken);
                break;
            case LinkAnswer.Lost lost:
                await SettleAsync(
                    [.. links.Select(link => new LinkVerdict(link.No, PushState.Uncertain) { Message = lost.Why })], cancellationToken);
                break;
            default:
                throw new HubspotException(HubspotFault.Unavailable, ((LinkAnswer.NotSent)answer).Why);
        }

        context.Tally.StopIfFailing();
    }

    private async Task SettleAsync(IReadOnlyList<LinkVerdict> verdicts, CancellationToken cancellationToken)
    {
        await context.Ledger.SettleLinksAsync(verdicts, cancellationToken);
        context.Tally.Link(verdicts);
    }

    private static LinkVerdict Verdict(PushLink link, InputVerdict verdict, LinkAnswer answer) => verdict switch
    {
        InputVerdict.Accepted => new LinkVerdict(link.No, PushState.Written) { HttpStatus = answer.Status, CorrelationId = answer.CorrelationId },
        InputVerdict.Refused refused => Refused(link, refused.Error) with { CorrelationId = answer.CorrelationId },
        _ => new LinkVerdict(link.No, PushState.Uncertain)
        {
            HttpStatus = answer.Status,
            CorrelationId = answer.CorrelationId,
            Message = ((InputVerdict.Absent)verdict).Why,
        },
    };

    private static LinkVerdict Refused(PushLink link, ApiError error) => new(link.No, PushState.Refused)
    {
        HttpStatus = error.Status,
        Category = error.Category,
        Code = error.Code,
        Message = error.Message,
    };

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);
}
