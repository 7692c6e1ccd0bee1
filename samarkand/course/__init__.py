"""The course wing: what a maintainer runs to build the notebooks, record what they show and look at them."""
