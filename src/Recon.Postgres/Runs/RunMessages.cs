using Microsoft.Extensions.Logging;

namespace Recon.Postgres.Runs;

/// <summary>Everything that this project logs. No message holds a value of a record or a secret.</summary>
internal static partial class RunMessages
{
    /// <summary>The category of all loggers that recon makes.</summary>
    public const string Category = "Recon";

    [LoggerMessage(1, LogLevel.Information, "{Pipeline}: resuming run {RunId}; {Records:N0} records in {Batches} batches were committed before.")]
    public static partial void Resuming(this ILogger logger, string pipeline, Guid runId, long records, int batches);

    [LoggerMessage(2, LogLevel.Warning,
        "{Pipeline}: the server crashed and lost batches that it had reported as committed; they are read again.")]
    public static partial void BatchesLost(this ILogger logger, string pipeline);

    [LoggerMessage(3, LogLevel.Warning, "{Pipeline}: a batch is tried again in {Seconds:0.0} s: {Fault}")]
    public static partial void BatchRetried(this ILogger logger, string pipeline, double seconds, string fault);

    [LoggerMessage(4, LogLevel.Warning, "lookup, try {Attempt} in {Seconds:0.0} s: {Fault}")]
    public static partial void LookupRetried(this ILogger logger, int attempt, double seconds, string fault);

    [LoggerMessage(5, LogLevel.Information, "{Pipeline}: lookup '{Lookup}' uses the strategy {Strategy}: {Reason}.")]
    public static partial void StrategyChosen(
        this ILogger logger, string pipeline, string lookup, string strategy, string reason);

    [LoggerMessage(6, LogLevel.Warning,
        "The lease of '{Pipeline}' could not be given back; it ends by itself in {Seconds:0} s at most.")]
    public static partial void LeaseNotReleased(this ILogger logger, string pipeline, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "{Warning}")]
    public static partial void DefinitionWarned(this ILogger logger, string warning);

    [LoggerMessage(8, LogLevel.Warning,
        "{Pipeline}: {Records:N0} records are left out because another matched record has the same HubSpot id.")]
    public static partial void RecordsShared(this ILogger logger, string pipeline, long records);

    [LoggerMessage(14, LogLevel.Warning,
        "{Pipeline}: {Records:N0} records are left out because pipeline '{Other}' claims their HubSpot records by an equal or stronger rule.")]
    public static partial void RecordsClaimedElsewhere(this ILogger logger, string pipeline, long records, string other);

    [LoggerMessage(9, LogLevel.Information, "{Pipeline}: {Scan}")]
    public static partial void TableScanned(this ILogger logger, string pipeline, string scan);

    [LoggerMessage(10, LogLevel.Warning,
        "{Pipeline}: the server does not know {Sessions} of the connections any more (was its machine restarted, or the way to it changed?). What waited for them is tried again.")]
    public static partial void SessionsLost(this ILogger logger, string pipeline, int sessions);

    [LoggerMessage(15, LogLevel.Information, "{Pipeline}: the run starts over: {Reason}.")]
    public static partial void StartsOver(this ILogger logger, string pipeline, string reason);

    [LoggerMessage(11, LogLevel.Information, "{Pipeline}: run {RunId} began.")]
    public static partial void RunBegan(this ILogger logger, string pipeline, Guid runId);

    [LoggerMessage(12, LogLevel.Information,
        "{Pipeline}: run {RunId} completed after {Seconds:0.0} s: {Read:N0} records read, {Staged:N0} staged, {Changed:N0} of them with changes, {Rejected:N0} rejected.")]
    public static partial void RunCompleted(
        this ILogger logger, string pipeline, Guid runId, double seconds, long read, long staged, long changed, long rejected);

    [LoggerMessage(EventId = 13, Message =
        "{Pipeline}: run {RunId} {Outcome} after {Seconds:0.0} s, and published nothing ({Cause}); {Read:N0} records read, {Rejected:N0} rejected.")]
    public static partial void RunNotCompleted(
        this ILogger logger, LogLevel level, string pipeline, Guid runId, string outcome, double seconds, string cause, long read, long rejected);

    /// <summary>Whether an event begins or ends a run, which <c>recon run</c> tells people in its own way.</summary>
    public static bool IsBeginOrEnd(EventId id) => id.Id is 11 or 12 or 13;

    [LoggerMessage(40, LogLevel.Information, "{Pipeline}: joined run {RunId}.")]
    public static partial void WorkerJoined(this ILogger logger, string pipeline, Guid runId);

    [LoggerMessage(41, LogLevel.Information, "{Pipeline}: left run {RunId} after {Batches:N0} batches: {Reason}.")]
    public static partial void WorkerLeft(this ILogger logger, string pipeline, Guid runId, long batches, string reason);

    [LoggerMessage(42, LogLevel.Warning, "{Pipeline}: the batches from {Split} on were given to another worker; what was not committed of them is dropped.")]
    public static partial void SplitLost(this ILogger logger, string pipeline, long split);

    [LoggerMessage(43, LogLevel.Warning, "The run's coordinator cannot be reached: {Fault} It is tried again for {Seconds:0} s.")]
    public static partial void CoordinatorOutOfReach(this ILogger logger, string fault, double seconds);

    [LoggerMessage(44, LogLevel.Error, "This worker cannot take part: {Reason}")]
    public static partial void WorkerRefused(this ILogger logger, string reason);

    [LoggerMessage(45, LogLevel.Warning, "{Pipeline}: left run {RunId}, whose splits others do now, and joins again soon: {Fault}")]
    public static partial void WorkerBroke(this ILogger logger, string pipeline, Guid runId, string fault);

    [LoggerMessage(20, LogLevel.Information, "{Pipeline}: warming up.")]
    public static partial void WarmingUp(this ILogger logger, string pipeline);

    [LoggerMessage(21, LogLevel.Information, "{Pipeline}: {Aspect}, {Settings} settings, {Repeat} times each.")]
    public static partial void Measuring(this ILogger logger, string pipeline, string aspect, int settings, int repeat);

    [LoggerMessage(22, LogLevel.Warning,
        "What the trials wrote could not be removed. 'recon clear {Pipeline} --attempts' removes it, and so does the next run.")]
    public static partial void TrialsNotRemoved(this ILogger logger, string pipeline);

    [LoggerMessage(30, LogLevel.Information, "{Pipeline}: a worker has joined: {Host}, process {Process}.")]
    public static partial void SharerJoined(this ILogger logger, string pipeline, string host, int process);

    [LoggerMessage(31, LogLevel.Information, "{Pipeline}: a worker has left: {Host}, process {Process}.")]
    public static partial void SharerLeft(this ILogger logger, string pipeline, string host, int process);

    [LoggerMessage(39, LogLevel.Warning, "{Pipeline}: the worker of {Host}, process {Process}, has failed, and its splits are given to others: {Fault}")]
    public static partial void SharerFailed(this ILogger logger, string pipeline, string host, int process, string fault);

    [LoggerMessage(32, LogLevel.Warning,
        "{Pipeline}: the worker of {Host}, process {Process}, has shown no sign of life for {Seconds:0} s; its {Splits} splits are given to others.")]
    public static partial void WorkerSilent(this ILogger logger, string pipeline, string host, int process, double seconds, int splits);

    [LoggerMessage(33, LogLevel.Warning, "{Pipeline}: the run waits for {Waits}. 'recon worker' with the same definition and connection makes one.")]
    public static partial void NoWorkers(this ILogger logger, string pipeline, string waits);

    [LoggerMessage(34, LogLevel.Warning,
        "{Pipeline}: a worker of {Host}, process {Process}, is refused: it is recon {Version}, and this is recon {Own}.")]
    public static partial void WorkerTurnedAway(this ILogger logger, string pipeline, string host, int process, string version, string own);

    [LoggerMessage(35, LogLevel.Information, "{Pipeline}: standard input cannot be divided, so this process reads and reconciles it itself.")]
    public static partial void InputNotShared(this ILogger logger, string pipeline);

    [LoggerMessage(36, LogLevel.Information, "{Pipeline}: {File} is compressed and cannot be divided, so one worker does all of it.")]
    public static partial void FileNotDivided(this ILogger logger, string pipeline, string file);

    [LoggerMessage(37, LogLevel.Information, "{Pipeline}: {File} is compressed and cannot be divided, so this process reads and reconciles it itself.")]
    public static partial void FileNotShared(this ILogger logger, string pipeline, string file);

    [LoggerMessage(38, LogLevel.Information, "{Pipeline}: run {RunId} was completed before it was taken over; there is nothing left to do.")]
    public static partial void CompletedBefore(this ILogger logger, string pipeline, Guid runId);
}
