print("not open yet")
