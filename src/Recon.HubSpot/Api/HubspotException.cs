namespace Recon.HubSpot.Api;

/// <summary>What kept HubSpot from giving a result.</summary>
internal enum HubspotFault
{
    /// <summary>The settings cannot be used.</summary>
    Settings,

    /// <summary>HubSpot refused the call, or its answer cannot be read: trying again does not help.</summary>
    Refused,

    /// <summary>HubSpot did not answer, is overloaded or broken: trying later may help.</summary>
    Unavailable,

    /// <summary>The token is not accepted, or lacks a scope.</summary>
    Denied,

    /// <summary>The calls of the day are used up.</summary>
    DayIsOver,

    /// <summary>Somebody asked that all calls stop.</summary>
    Stopped,
}

/// <summary>A call to HubSpot gave no result.</summary>
/// <param name="message">What, where, why and what to do; holds no token and no value of a record.</param>
internal class HubspotException(HubspotFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public HubspotFault Fault { get; } = fault;
}

/// <summary>401 or 403: nothing can be sent until the token is another one.</summary>
internal sealed class DeniedException(int status, string message) : HubspotException(HubspotFault.Denied, message)
{
    public int Status { get; } = status;
}

/// <summary>429 for the day: everything can go on when the next one begins.</summary>
/// <param name="dayEndsAt">Midnight in the account's time zone; unknown when <see langword="null"/>.</param>
internal sealed class DailyLimitException(string message, DateTimeOffset? dayEndsAt) : HubspotException(HubspotFault.DayIsOver, message)
{
    public DateTimeOffset? DayEndsAt { get; } = dayEndsAt;
}

/// <summary>A call was not made because somebody asked that all stop.</summary>
internal sealed class StoppedException(string message) : HubspotException(HubspotFault.Stopped, message);
