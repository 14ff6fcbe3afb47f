using System.Globalization;
using Recon.HubSpot.Api;
using Recon.HubSpot.Portal;
using Recon.Postgres.Push;

namespace Recon.Push.Preflight;

/// <summary>Looks at everything that a push needs (token, account, properties, values, calls) before it sends anything. Writes nothing.</summary>
internal sealed class PushPreflight(HubspotClient client, HubspotSettings settings, TimeProvider clock)
{
    /// <param name="items">What is to be sent; read once.</param>
    /// <returns>The findings; none when nothing speaks against the push.</returns>
    /// <exception cref="StoppedException">Somebody asked that all calls stop.</exception>
    public async Task<IReadOnlyList<PreflightFinding>> CheckAsync(
        PreflightRequest request, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken)
    {
        List<PreflightFinding> findings = [];
        try
        {
            AccountDetails account = await client.AccountAsync(cancellationToken);
            if (account.PortalId != request.Portal)
            {
                // Whatever else is asked would be asked of the wrong account.
                return [WrongPortal(request, account)];
            }

            findings.AddRange(await CheckScopesAsync(request, cancellationToken));
            if (findings.TrueForAll(finding => !finding.Refuses))
            {
                var check = new PortalCheck(await ReadAsync(request, cancellationToken));
                findings.AddRange(await new ItemsCheck(check).CheckAsync(items, cancellationToken));
            }

            findings.AddRange(CheckCalls(request, account));
        }
        catch (DailyLimitException limit)
        {
            findings.Add(new PreflightFinding(true, "calls", limit.Message, $"Nothing was sent. Push again after {EndOf(limit.DayEndsAt)}."));
        }
        catch (HubspotException failure) when (failure is not StoppedException)
        {
            findings.Add(new PreflightFinding(true, failure is DeniedException ? "token" : "HubSpot", failure.Message, "Nothing was sent."));
        }

        return findings;
    }

    private PreflightFinding WrongPortal(PreflightRequest request, AccountDetails account) => new(
        true,
        "portal",
        $"The plan is for the account {request.Portal}, and the token in {settings.TokenVariable} belongs to {account.PortalId}.",
        $"Set {settings.TokenVariable} to a token of the account {request.Portal}, or make a plan for the other one.");

    private async Task<IEnumerable<PreflightFinding>> CheckScopesAsync(PreflightRequest request, CancellationToken cancellationToken)
    {
        if (await client.TokenAsync(cancellationToken) is not { } token)
        {
            return
            [
                new PreflightFinding(
                    false, "token", "HubSpot does not tell the scopes of this kind of token.", "If one is missing, the push ends at its first call and says which; nothing is lost."),
            ];
        }

        string[] missing = [.. request.Types.SelectMany(HubspotScopes.Of).Distinct(StringComparer.Ordinal).Except(token.Scopes, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return missing.Length == 0 ? [] :
        [
            new PreflightFinding(
                true, "token", $"The token in {settings.TokenVariable} lacks {(missing.Length == 1 ? "the scope" : "the scopes")} {string.Join(", ", missing)}.", "Add what is missing to the service key or private app."),
        ];
    }

    private async Task<PortalFile> ReadAsync(PreflightRequest request, CancellationToken cancellationToken)
    {
        Dictionary<string, PortalObject> objects = new(StringComparer.Ordinal);
        foreach (string type in request.Types.Distinct(StringComparer.Ordinal))
        {
            objects[type] = await PortalReader.ReadAsync(client, type, cancellationToken);
        }

        var portal = new PortalFile { Portal = request.Portal, Objects = objects };
        return request.File is { } file && file.Portal == request.Portal ? portal.WithConditionsOf(file) : portal;
    }

    private IEnumerable<PreflightFinding> CheckCalls(PreflightRequest request, AccountDetails account)
    {
        if (client.DailyRemaining is not { } left || left >= request.Calls)
        {
            return [];
        }

        string ends = EndOf(account.DayEndsAfter(clock.GetUtcNow()));
        return left == 0
            ? [new PreflightFinding(true, "calls", "The account has used up the calls of its day.", $"Push when the next one begins: {ends}.")]
            : [new PreflightFinding(
                false,
                "calls",
                $"The push takes about {request.Calls.ToString("N0", CultureInfo.InvariantCulture)} calls, and the account's day has {left.ToString("N0", CultureInfo.InvariantCulture)} left.",
                $"It will stop when they are used up. Go on with --resume when the next day begins ({ends}).")];
    }

    private static string EndOf(DateTimeOffset? day)
        => day?.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? "midnight in the account's time zone";
}
