using System.CommandLine;
using Anit.Cli;
using TorchSharp;

namespace Anit.Tools;

/// <summary><c>--dtype</c>: the numbers that a frozen base is kept in and computed with.</summary>
static class DtypeOption
{
    const string Auto = "auto";

    /// <summary>The option, its words checked.</summary>
    public static Option<string> Make(string description)
    {
        var option = new Option<string>("--dtype")
        {
            Description = description + " auto is float32 on the cpu and bfloat16 on a GPU, whose float32 products are many times slower.",
            DefaultValueFactory = _ => Auto, HelpName = "auto|float32|bfloat16|float16",
        };
        option.AcceptOnlyFromAmong(Auto, "float32", "bfloat16", "float16");
        return option;
    }

    /// <summary>The name of what the user chose, on the device that he chose.</summary>
    public static string Of(ParseResult given, Option<string> dtype, Option<string> device)
    {
        var (name, onCpu) = (given.GetRequiredValue(dtype), given.GetRequiredValue(device) == "cpu");
        if (name == "float16" && onCpu) throw new UserError("--dtype float16 needs --device cuda; on the cpu take bfloat16 or float32", Exit.Usage);
        return name != Auto ? name : onCpu ? "float32" : "bfloat16";
    }

    /// <summary>libtorch's element type of a name.</summary>
    public static torch.ScalarType Type(string name) => name switch
    {
        "bfloat16" => torch.ScalarType.BFloat16,
        "float16" => torch.ScalarType.Float16,
        _ => torch.ScalarType.Float32,
    };
}
