using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Telemetry;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Api;

/// <summary>
/// HubSpot's API, as far as it is needed. Reads are repeated; a write is sent once, unless it certainly was not carried
/// out. All calls throw <see cref="DeniedException"/> (401, 403), <see cref="DailyLimitException"/> (429 for the day) and
/// <see cref="StoppedException"/>; those that read also <see cref="HubspotException"/>. Thread-safe.
/// </summary>
internal sealed class HubspotClient : IDisposable
{
    /// <summary>Most records of one call.</summary>
    public const int InputsPerCall = 100;

    /// <summary>Most records of one call that reads histories.</summary>
    public const int HistoriesPerCall = 50;

    private readonly HubspotSettings _settings;
    private readonly HubspotConnection _connection;
    private readonly CallSender _sender;
    private readonly ApiPaths _paths;
    private readonly ILogger _logger;

    /// <summary>Makes a client; nothing connects yet.</summary>
    public HubspotClient(HubspotSettings settings, ICallBucket bucket, TimeProvider clock, ILogger? logger = null, PushMetrics? metrics = null)
    {
        _settings = settings;
        _paths = ApiPaths.Of(settings.Version);
        _logger = logger ?? NullLogger.Instance;
        _connection = new HubspotConnection(settings, clock);
        _sender = new CallSender(settings, _connection, bucket, clock, _logger, metrics);
    }

    /// <summary>The calls that the account's day still has, as HubSpot told last; unknown before it did.</summary>
    public long? DailyRemaining => _sender.DailyRemaining;

    /// <summary>Writes values. Never repeats a write whose fate is not known.</summary>
    /// <param name="type">The object type, as in addresses.</param>
    /// <param name="inputs">1 to 100, with ids and trace ids of their own.</param>
    public async Task<UpdateAnswer> UpdateAsync(string type, IReadOnlyList<UpdateInput> inputs, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputs.Count, InputsPerCall);
        if (inputs.DistinctBy(input => input.Id).Count() < inputs.Count || inputs.DistinctBy(input => input.TraceId).Count() < inputs.Count)
        {
            throw new ArgumentException("Two inputs have the same id or trace id: HubSpot would write one of them, and not say which.", nameof(inputs));
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new UpdateRequest(inputs), ApiJson.Default.UpdateRequest);
        var call = ApiCall.Write(_paths.Update(type), body);
        switch (await _sender.SendAsync(call, cancellationToken))
        {
            case CallResult.Answered { IsSuccess: true } pending when AnswerJudge.WhyUnfinished(pending.Body) is { } why:
                return new UpdateAnswer.Lost(pending.Status, pending.CorrelationId, why);
            case CallResult.Answered { IsSuccess: true } answer:
                InputVerdict[] verdicts = AnswerJudge.Judge(inputs, answer.Status, answer.Body, out int strangers);
                if (strangers > 0)
                {
                    _logger.StrangersIgnored(call.Name, strangers, answer.CorrelationId);
                }

                return new UpdateAnswer.Judged(answer.Status, answer.CorrelationId, verdicts);
            case CallResult.Answered refusal:
                return new UpdateAnswer.WholeRefused(refusal.Status, refusal.CorrelationId, ErrorReader.Read(refusal.Body, refusal.Status));
            case CallResult.NotSent unsent:
                return new UpdateAnswer.NotSent(unsent.Status, unsent.Why);
            case CallResult.Lost lost:
                return new UpdateAnswer.Lost(lost.Status, lost.CorrelationId, lost.Why);
            case var other:
                throw new InvalidOperationException(other.ToString());
        }
    }

    /// <summary>Reads what records hold; those that HubSpot leaves out are not in the answer.</summary>
    /// <param name="withHistory">Properties whose earlier values are wanted, too.</param>
    public async Task<ReadAnswer> ReadAsync(
        string type,
        IReadOnlyList<string> ids,
        IReadOnlyCollection<string> properties,
        IReadOnlyCollection<string> withHistory,
        CancellationToken cancellationToken)
    {
        Dictionary<string, LiveRecord> found = new(StringComparer.Ordinal);
        Dictionary<string, ApiError> failed = new(StringComparer.Ordinal);
        HashSet<string> notThere = new(StringComparer.Ordinal);
        Stack<string[]> parts = new(ids.Distinct(StringComparer.Ordinal).Chunk(withHistory.Count > 0 ? HistoriesPerCall : InputsPerCall).Reverse());
        while (parts.TryPop(out string[]? part))
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(
                new ReadRequest([.. part.Select(id => new IdInput(id))], properties, withHistory.Count > 0 ? withHistory : null),
                ApiJson.Default.ReadRequest);
            var call = ApiCall.Ask(_paths.Read(type), body);
            CallResult result = await _sender.SendAsync(call, cancellationToken);
            if (result is CallResult.TooLarge && part.Length > 1)
            {
                int half = (part.Length + 1) / 2;
                _logger.ReadHalved(call.Name, half);
                parts.Push(part[half..]);
                parts.Push(part[..half]);
                continue;
            }

            CallResult.Answered answer = Failures.RequireComplete(_settings, call, Failures.RequireSuccess(_settings, call, result));
            ReadJudge.Add(answer.Body, answer.Status, [.. part], found, failed, notThere);
        }

        return new ReadAnswer(found, failed, notThere);
    }

    /// <summary>Finds the records into which others were merged.</summary>
    /// <returns>By the id of a merged record, that of the one that survives it; those that were not merged are left out.
    /// <see langword="null"/> where it is not known: searching is not allowed, or this type cannot be searched by what was merged.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> FindSurvivorsAsync(
        string type, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        const string merged = "hs_merged_object_ids";
        Dictionary<string, string> survivors = new(StringComparer.Ordinal);
        foreach (string[] part in ids.Distinct(StringComparer.Ordinal).Chunk(InputsPerCall))
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(
                new SearchRequest([new SearchGroup([new SearchFilter(merged, "IN", part)])], [merged], InputsPerCall), ApiJson.Default.SearchRequest);
            if (await SearchAsync(ApiCall.Ask(_paths.Search(type), body), cancellationToken) is not { } answer)
            {
                return null;
            }

            foreach (JsonElement result in answer.Body.Get("results").Items())
            {
                string[] named = result.Get("properties").Text(merged)?.Split(';', StringSplitOptions.TrimEntries) ?? [];
                if (result.Text("id") is { } survivor)
                {
                    named.Intersect(part, StringComparer.Ordinal).ToList().ForEach(id => survivors[id] = survivor);
                }
            }
        }

        return survivors;
    }

    /// <summary>Links records; linking them again changes nothing, so this is repeated when no answer comes.</summary>
    /// <param name="pairs">1 to 100.</param>
    public async Task<LinkAnswer> AssociateAsync(
        string fromType, string toType, IReadOnlyList<(string From, string To)> pairs, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pairs.Count, InputsPerCall);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new LinkRequest([.. pairs.Select(pair => new LinkInput(new IdInput(pair.From), new IdInput(pair.To)))]), ApiJson.Default.LinkRequest);
        return await _sender.SendAsync(ApiCall.Ask(_paths.Associate(fromType, toType), body), cancellationToken) switch
        {
            CallResult.Answered { IsSuccess: true } answer => new LinkAnswer.Judged(
                answer.Status, answer.CorrelationId, LinkJudge.Judge(pairs, answer.Status, answer.Body)),
            CallResult.Answered refusal => new LinkAnswer.WholeRefused(
                refusal.Status, refusal.CorrelationId, ErrorReader.Read(refusal.Body, refusal.Status)),
            CallResult.NotSent unsent => new LinkAnswer.NotSent(unsent.Status, unsent.Why),
            CallResult.Lost lost => new LinkAnswer.Lost(lost.Status, lost.Why),
            _ => new LinkAnswer.Lost(0, "got an answer that is too large"),
        };
    }

    /// <summary>The properties of an object type, archived ones marked as such.</summary>
    public async Task<IReadOnlyList<PortalProperty>> PropertiesAsync(string type, CancellationToken cancellationToken)
    {
        CallResult.Answered live = await AskAsync(ApiCall.Get(_paths.PropertiesOf(type, archived: false)), cancellationToken);
        CallResult.Answered archived = await AskAsync(ApiCall.Get(_paths.PropertiesOf(type, archived: true)), cancellationToken);
        return PropertyReader.Read(live.Body, archived.Body);
    }

    /// <summary>What values of an object type must keep.</summary>
    public async Task<PortalRules> RulesAsync(string type, CancellationToken cancellationToken)
    {
        CallResult.Answered validations = await FindAsync(ApiCall.Get(_paths.ValidationsOf(type)), cancellationToken);
        CallResult.Answered schema = await FindAsync(ApiCall.Get(_paths.SchemaOf(type)), cancellationToken);
        return RuleReader.Read(validations.Body, schema.Body);
    }

    /// <summary>The account of the token.</summary>
    public async Task<AccountDetails> AccountAsync(CancellationToken cancellationToken)
    {
        var call = ApiCall.Get(ApiPaths.Account);
        CallResult.Answered answer = await AskAsync(call, cancellationToken);
        return _sender.Account = answer.Body.Number("portalId") is { } portal
            ? new AccountDetails(portal, answer.Body.Text("timeZone"))
            : throw Failures.Unreadable(_settings, call, "it names no portalId");
    }

    /// <summary>What the token may do; <see langword="null"/> when HubSpot does not tell it of this kind of token.</summary>
    public async Task<TokenInfo?> TokenAsync(CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new TokenRequest(_settings.Token), ApiJson.Default.TokenRequest);
        CallResult.Answered answer = await FindAsync(ApiCall.Ask(ApiPaths.Token, body), cancellationToken);
        return answer.Body.Get("scopes").ValueKind == JsonValueKind.Array
            ? new TokenInfo(answer.Body.Get("scopes").Texts())
            : null;
    }

    public void Dispose() => _connection.Dispose();

    private async Task<CallResult.Answered> AskAsync(ApiCall call, CancellationToken cancellationToken)
        => Failures.RequireSuccess(_settings, call, await _sender.SendAsync(call, cancellationToken));

    // What a search finds is good to know, and nothing hangs on it: where HubSpot refuses it, all else can go on.
    private async Task<CallResult.Answered?> SearchAsync(ApiCall call, CancellationToken cancellationToken)
    {
        try
        {
            CallResult result = await _sender.SendAsync(call, cancellationToken);
            if (result is not CallResult.Answered { Status: 400 or 404 } refusal)
            {
                return Failures.RequireSuccess(_settings, call, result);
            }

            _logger.SearchRefused(call.Name, refusal.Status, refusal.CorrelationId);
        }
        catch (DeniedException denied) when (denied.Status == 403)
        {
            _logger.SearchRefused(call.Name, denied.Status, null);
        }

        return null;
    }

    // What an account does not have, or not for this kind of token, is answered 400 or 404.
    private async Task<CallResult.Answered> FindAsync(ApiCall call, CancellationToken cancellationToken)
    {
        CallResult result = await _sender.SendAsync(call, cancellationToken);
        return result is CallResult.Answered { Status: 400 or 404 } none ? none with { Body = default } : Failures.RequireSuccess(_settings, call, result);
    }
}
