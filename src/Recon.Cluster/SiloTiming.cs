using Orleans.Configuration;

namespace Recon.Cluster;

/// <summary>
/// How soon silos notice that another one is gone. A wrong verdict costs little: whoever was given up joins again, and what commits is
/// decided by the ledger's fences.
/// </summary>
internal static class SiloTiming
{
    /// <summary>After which a question to the coordinator has failed.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    public static void Set(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromMilliseconds(750);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 1;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
        options.NumMissedTableIAmAliveLimit = 3;
        options.MaxJoinAttemptTime = TimeSpan.FromSeconds(20);
        options.LocalHealthDegradationMonitoringPeriod = TimeSpan.FromSeconds(5);

        // Asking a third silo takes another round of probes.
        options.EnableIndirectProbes = false;
        options.DefunctSiloCleanupPeriod = null;
    }

    public static void Set(SiloMessagingOptions options)
    {
        options.ResponseTimeout = Answer;
        options.SystemResponseTimeout = Answer;
    }
}
