using System.CommandLine;
using System.IO.Pipes;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

public sealed class InitTargetTests
{
    // Another program may write the definition between two looks at it. What a pipe holds can be read once.
    [Fact]
    public async Task Of_Definition_IsReadOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are files of /proc.");
        byte[] definition = await File.ReadAllBytesAsync(DemoDatabase.Definition, TestContext.Current.CancellationToken);
        await using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        await pipe.WriteAsync(definition, TestContext.Current.CancellationToken);
        pipe.SafePipeHandle.Dispose();
        var global = new GlobalOptions();
        var command = new RootCommand();
        global.AddTo(command);
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, TestContext.Current.CancellationToken);

        InitTarget target = InitTarget.Of(new Invocation(context, global, command.Parse([])), path);

        Assert.Equal(definition, target.Content);
        Assert.Equal(4, target.Existing?.Definition?.Pipelines.Count);
    }
}
