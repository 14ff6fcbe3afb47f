using Recon.Dataflow;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>What a job's row keeps of the command line, and back.</summary>
internal static class JobArguments
{
    public static JobSettings Of(RunArguments arguments) => new()
    {
        Input = arguments.Input is null ? null : ObjectAddress.Absolute(arguments.Input),
        Resume = arguments.Resume,
        Fresh = arguments.Fresh,
        Full = arguments.Full,
        MaxRejects = arguments.MaxRejects,
        Gates = arguments.Gates,
        PublishAnyway = arguments.PublishAnyway,
        Mask = arguments.Mask,
    };

    public static RunArguments Of(SharedJob job) => new()
    {
        Pipelines = job.Pipelines,
        Input = job.Settings.Input,
        Resume = job.Settings.Resume,
        Fresh = job.Settings.Fresh,
        Full = job.Settings.Full,
        MaxRejects = job.Settings.MaxRejects,
        Gates = job.Settings.Gates,
        PublishAnyway = job.Settings.PublishAnyway,
        Mask = job.Settings.Mask,
    };
}
