"""The learned upscaler: what the small painter paints, four times as high and wide, with edges drawn anew."""
