using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Tests.Traps;

/// <summary>How traps are written.</summary>
public sealed class TrapWordsTests
{
    [Theory]
    [InlineData("cut-after,on=update,from=3,times=2")]
    [InlineData("merge=9,type=companies,ids=1+2")]
    [InlineData("required-if=type:CUSTOMER:country")]
    [InlineData("slow=20")]
    [InlineData("locked")]
    public void Trap_AsText_IsReadBackAsItIsWritten(string text) => Assert.Equal(text, SandboxTrap.Parse(text).ToString());

    [Theory]
    [InlineData("cut-afterr", "'cut-after'")]
    [InlineData("locked=3", "takes no value")]
    [InlineData("merge", "takes id of the surviving record")]
    [InlineData("slow=soon", "milliseconds")]
    [InlineData("server-error=200", "status")]
    [InlineData("required-if=a:b", "PROPERTY:VALUE:REQUIRED")]
    [InlineData("rewrite=all", "trim, email or phone")]
    [InlineData("locked,on=everything", "on=read")]
    [InlineData("locked,from=0", "from=2")]
    [InlineData("locked,whenever", "'whenever'")]
    public void Trap_ThatIsNone_IsRefusedWithWhatThereIs(string text, string told)
        => Assert.Contains(told, Assert.Throws<FormatException>(() => SandboxTrap.Parse(text)).Message, StringComparison.Ordinal);
}
