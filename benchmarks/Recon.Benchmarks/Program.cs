using BenchmarkDotNet.Running;
using Recon.Benchmarks.Stages;
using Recon.Benchmarks.WholeRuns;

// Whole runs are commands; everything else goes to BenchmarkDotNet, which measures single stages.
if (args.Length == 0 || !WholeRunCommands.Names.Contains(args[0]))
{
    BenchmarkSwitcher.FromAssembly(typeof(WholeRunCommands).Assembly).Run(args, StageConfig.Create());
    return 0;
}

return await WholeRunCommands.Create().Parse(args).InvokeAsync();
