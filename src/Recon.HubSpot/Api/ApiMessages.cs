using Microsoft.Extensions.Logging;

namespace Recon.HubSpot.Api;

/// <summary>What the client logs: no secret, and no value or id of a record.</summary>
internal static partial class ApiMessages
{
    [LoggerMessage(210, LogLevel.Warning, "HubSpot: {Call} {Why}; trying again in {Seconds:0.0} s.")]
    public static partial void CallPutOff(this ILogger logger, string call, string why, double seconds);

    [LoggerMessage(211, LogLevel.Warning, "HubSpot: {Call} {Why}; whether it was carried out is not known (status {Status}, correlation {CorrelationId}).")]
    public static partial void AnswerLost(this ILogger logger, string call, string why, int status, string? correlationId);

    [LoggerMessage(212, LogLevel.Warning, "HubSpot: the answer to {Call} names {Count} records that nobody asked for; they are ignored (correlation {CorrelationId}).")]
    public static partial void StrangersIgnored(this ILogger logger, string call, int count, string? correlationId);

    [LoggerMessage(213, LogLevel.Information, "HubSpot: the answer to {Call} is too large; asking for {Count} records at a time.")]
    public static partial void ReadHalved(this ILogger logger, string call, int count);

    [LoggerMessage(214, LogLevel.Warning, "HubSpot: {Call} was answered {Status}; whether records that are not there were merged is not known (correlation {CorrelationId}).")]
    public static partial void SearchRefused(this ILogger logger, string call, int status, string? correlationId);
}
