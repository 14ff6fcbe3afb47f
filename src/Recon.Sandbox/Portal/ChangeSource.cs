using System.Globalization;

namespace Recon.Sandbox.Portal;

/// <summary>Who changed a value, in the words of HubSpot's property history.</summary>
internal sealed record ChangeSource(string Type, string? Id = null, string? Label = null, long? User = null)
{
    /// <summary>What was there when the portal was made.</summary>
    public static ChangeSource Import { get; } = new("IMPORT", "sandbox");

    /// <summary>A program with a token.</summary>
    public static ChangeSource App { get; } = new("INTEGRATION", SandboxPortal.AppId.ToString(CultureInfo.InvariantCulture), "Sandbox service key");

    public static ChangeSource Workflow { get; } = new("WORKFLOWS", "1000001", "Sandbox workflow");

    /// <summary>A person in the browser.</summary>
    public static ChangeSource Person(long user) => new("CRM_UI", string.Create(CultureInfo.InvariantCulture, $"userId:{user}"), null, user);
}

/// <summary>A value that a property had, since when, and from whom; <c>""</c> where it was cleared.</summary>
internal sealed record HistoryItem(string Value, DateTimeOffset At, ChangeSource Source);
