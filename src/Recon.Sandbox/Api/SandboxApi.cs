using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>Answers requests from the portal. Not thread-safe: whoever asks holds <see cref="SandboxPortal.Sync"/>.</summary>
internal sealed class SandboxApi(SandboxOptions options)
{
    private readonly SandboxPortal _portal = options.Portal;
    private readonly HashSet<string> _scopes = new(options.Scopes, StringComparer.Ordinal);

    public ApiAnswer Answer(ApiRequest request)
    {
        try
        {
            return RefusedByTrap(request.Traps) is { } fault ? ErrorJson.Answer(fault, request.CorrelationId) : Route(request);
        }
        catch (ApiException exception)
        {
            return ErrorJson.Answer(exception.Fault, request.CorrelationId);
        }
    }

    private ApiAnswer Route(ApiRequest request)
    {
        ApiRoute route = request.Route;
        if (route.Kind == CallKind.Unknown)
        {
            throw new ApiException(ApiFault.NoSuchPath());
        }

        // The call that tells of a token has it in its body, too.
        if (request.Token != options.Token)
        {
            throw new ApiException(request.Token is null ? ApiFault.NoToken() : ApiFault.BadToken());
        }

        return route.Kind switch
        {
            CallKind.Account => AccountJson.Details(_portal, options),
            CallKind.Token => AccountJson.Token(_portal, options, request),
            CallKind.Read => BatchRead.Answer(_portal, Readable(route.Type!), request),
            CallKind.Get => SingleRead.Answer(Readable(route.Type!), request),
            CallKind.Search => Search.Answer(Readable(route.Type!), request),
            CallKind.Update => new BatchUpdate(_portal, Writable(route.Type!), request).Answer(),
            CallKind.Properties => PropertyList.Answer(Described(route.Type!), request),
            CallKind.Rules => RuleList.Answer(Described(route.Type!), request),
            CallKind.Associate => Associate.Answer(_portal, Writable(route.Type!), Writable(route.To!), request),
            _ => AssociationRead.Answer(_portal, Readable(route.Type!), Readable(route.To!), request),
        };
    }

    private static ApiFault? RefusedByTrap(ActiveTraps traps)
        => traps.Has(TrapKind.Unauthorized) ? ApiFault.BadToken()
            : traps.Has(TrapKind.Forbidden) ? ApiFault.NoScope("crm.objects.contacts.write")
            : traps.Has(TrapKind.DailyLimit) ? ApiFault.TooMany("DAILY", null)
            : traps.Find(TrapKind.RateLimit) is { } limit ? ApiFault.TooMany("TEN_SECONDLY_ROLLING", limit.Value)
            : traps.Has(TrapKind.Locked) ? new ApiFault(423, "LOCKED", "This object is locked by another request. Wait at least 2 seconds between requests that write to it.")
            : traps.Find(TrapKind.Migration) is { } migration ? new ApiFault(477, "MIGRATION_IN_PROGRESS", "This account is being moved to another data centre.") { RetryAfter = migration.Value }
            : traps.Find(TrapKind.ServerError) is { } error ? ServerError(error.Number(500))
            : null;

    /// <summary>What a server that failed says.</summary>
    public static ApiFault ServerError(int status) => new(status, "INTERNAL_ERROR", "internal error");

    private ObjectStore Readable(string type) => Find(type, ObjectTypes.ScopeOf(ObjectTypes.NameOf(type), "read"));

    private ObjectStore Writable(string type) => Find(type, ObjectTypes.ScopeOf(ObjectTypes.NameOf(type), "write"));

    private ObjectStore Described(string type) => Find(type, ObjectTypes.SchemaScopeOf(ObjectTypes.NameOf(type)));

    private ObjectStore Find(string type, string scope)
        => _portal.Find(type) is not { } store ? throw new ApiException(ApiFault.NoSuchType(type))
            : _scopes.Contains(scope) ? store
            : throw new ApiException(ApiFault.NoScope(scope));
}
