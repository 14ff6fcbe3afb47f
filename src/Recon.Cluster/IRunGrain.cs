using Orleans;

namespace Recon.Cluster;

/// <summary>The coordinator of a job, wherever it is: its key is the id of the job. What it is told and answers is JSON.</summary>
[Alias("recon.run")]
internal interface IRunGrain : IGrainWithStringKey
{
    [Alias("join")]
    Task<string> JoinAsync(string worker);

    [Alias("report")]
    Task<string> ReportAsync(string report);
}
