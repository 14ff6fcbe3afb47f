using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>What a sandbox serves, and to whom.</summary>
internal sealed record SandboxOptions
{
    /// <summary>The scopes of a token that may do all that recon does.</summary>
    public static IReadOnlyList<string> AllScopes { get; } =
    [
        .. ("crm.objects.companies.read crm.objects.companies.write crm.objects.contacts.read crm.objects.contacts.write "
            + "crm.objects.deals.read crm.objects.deals.write crm.objects.custom.read crm.objects.custom.write "
            + "crm.schemas.companies.read crm.schemas.contacts.read crm.schemas.deals.read crm.schemas.custom.read oauth").Split(' '),
    ];

    public required SandboxPortal Portal { get; init; }

    /// <summary>The bearer token; any text that a header can hold.</summary>
    public required string Token { get; init; }

    /// <summary>The port on loopback; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Traps that are set from the start.</summary>
    public IReadOnlyList<SandboxTrap> Traps { get; init; } = [];

    public IReadOnlyList<string> Scopes { get; init; } = AllScopes;

    /// <summary>The account's time zone, at whose midnight its day ends; an IANA name.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How many calls the log keeps, the last ones; each with its bodies.</summary>
    public int KeptCalls { get; init; } = int.MaxValue;
}
