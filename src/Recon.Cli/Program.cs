using Recon.Cli;
using Recon.Cli.Hosting;

using CliContext context = CliContext.OfProcess();
return await ReconCommandLine.InvokeAsync(args, context);
