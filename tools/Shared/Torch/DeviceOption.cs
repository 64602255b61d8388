using System.CommandLine;
using System.Globalization;
using Anit.Cli;
using TorchSharp;

namespace Anit.Tools;

/// <summary><c>--device</c>: where tensors are computed.</summary>
static class DeviceOption
{
    const string Cpu = "cpu", Cuda = "cuda";

    /// <summary>The option, its words checked.</summary>
    public static Option<string> Make()
    {
        var option = new Option<string>("--device") { Description = "Where to compute: cpu, cuda, or one of several GPUs as cuda:1.",
            DefaultValueFactory = _ => Cpu, HelpName = "device" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && text != Cpu && Number(text) is null)
                result.AddError($"--device is {text}; expected cpu, cuda or cuda:1");
        });
        return option;
    }

    /// <summary>The device that the user named; one that is not there is a wrong command line.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="localRank">This process's number among several on this machine, each of which takes a GPU of its own.</param>
    public static torch.Device Of(ParseResult given, Option<string> option, int localRank = 0)
    {
        var text = given.GetRequiredValue(option);
        if (text == Cpu) return new(text);
        if (!torch.cuda.is_available())
            throw new UserError($"--device is {text}, but this machine or its libtorch has no CUDA; use --device cpu, or build native/ against a "
                + "libtorch with CUDA (make native LIBTORCH=...)", Exit.Usage);
        var there = torch.cuda.device_count();
        if (text == Cuda && localRank > 0) text = $"{Cuda}:{localRank % there}"; // where a scheduler shows each process its own, there is one
        return Number(text) < there ? new(text)
            : throw new UserError($"--device is {text}, but there is {(there == 1 ? "one GPU" : $"GPUs 0 to {there - 1}")}", Exit.Usage);
    }

    static int? Number(string text) => text.Split(':') switch
    {
        [Cuda] => 0,
        [Cuda, var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var which) => which,
        _ => null,
    };
}
