using System.Reflection;
using Microsoft.Extensions.Logging;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Tests.Runs;

public sealed class RunMessagesTests
{
    [Fact]
    public void Messages_EventIds_AreEachGivenOnce()
    {
        int[] ids =
        [
            .. typeof(RunMessages).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().Select(message => message.EventId),
        ];

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
    }
}
