using Recon.Cli;
using Recon.Cli.Hosting;

Rehearsals.Begin(args);
using CliContext context = CliContext.OfProcess();
return await ReconCommandLine.InvokeAsync(args, context);
