using Recon.Cli;
using Recon.Cli.Hosting;
using Recon.Dataflow.Extract;

using CliContext context = CliContext.OfProcess();
if (!StandardStreams.IsOutputOpen)
{
    context.ErrorLine("recon: Standard output is closed, and the result goes there. Send it to a file, or to /dev/null.");
    return ExitCodes.Refused;
}

return await ReconCommandLine.InvokeAsync(args, context);
